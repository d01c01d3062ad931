#ifndef SCHEMA_H
#define SCHEMA_H
/*
 * The model of a schema: what a backup's DDL declares and what a live catalog holds, in the same
 * words, so that they can be compared. Pure: parsing DDL and reading the catalog fill it elsewhere.
 *
 * Process lifetime: all strings and arrays live until the process ends. Relations are named by the
 * display form of their qualified name (ident.h); columns by their bare name. Types are as
 * format_type() prints them with an empty search_path.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schema_kind {
    SCHEMA_TABLE,
    SCHEMA_PARTITIONED,
    SCHEMA_VIEW,
    SCHEMA_MATVIEW,
    SCHEMA_FOREIGN,
};
enum schema_identity { SCHEMA_IDENTITY_NO, SCHEMA_IDENTITY_ALWAYS, SCHEMA_IDENTITY_DEFAULT };
enum schema_key_kind { SCHEMA_KEY_PRIMARY, SCHEMA_KEY_UNIQUE, SCHEMA_KEY_INDEX };
enum schema_form { SCHEMA_FORM_COPY, SCHEMA_FORM_INSERT };

struct schema_names {
    char **names;
    size_t n;
};

struct schema_column {
    char *name, *type;
    bool not_null, generated;
    char *default_value; /* expression text or NULL */
    enum schema_identity identity;
    char *sequence; /* display form, or NULL: owned by the column or named in its default */
};

struct schema_key {
    char *name;
    enum schema_key_kind kind;
    struct schema_names columns;
    bool nulls_not_distinct, deferrable;
};

struct schema_reference {
    char *name;
    struct schema_names columns;
    char *parent; /* display form */
    struct schema_names parent_columns;
    bool deferrable;
};

struct schema_check {
    char *name, *expression;
};

struct schema_data { /* what a backup holds for a table */
    bool present;
    size_t position; /* in the order of the backup, from 0 */
    enum schema_form form;
    int64_t rows;
    uint64_t bytes;
    struct schema_names columns;
};

struct schema_table {
    char *name; /* display form, qualified */
    enum schema_kind kind;
    struct schema_names parents;
    char *partition_key;   /* of a partitioned table: RANGE (day); NULL: not known */
    char *partition_bound; /* of a partition: FOR VALUES IN (1), DEFAULT; NULL: not known */
    struct schema_column *columns;
    size_t n_columns, room_columns;
    struct schema_key *keys;
    size_t n_keys, room_keys;
    struct schema_reference *references;
    size_t n_references, room_references;
    struct schema_check *checks;
    size_t n_checks, room_checks;
    struct schema_data data;
    char *damage; /* why its rows in the backup are not all there; NULL: they are */
};

struct schema_enum {
    char *name;
    struct schema_names labels;
};

struct schema_domain {
    char *name, *base;
    bool not_null;
};

struct schema_sequence {
    char *name, *owner; /* owner: "table.column" in display form, or NULL */
    int64_t last_value;
    bool is_called;
};

struct schema {
    char *default_schema;        /* of names that are written without one; NULL: public */
    struct schema_table *tables; /* in the order of their first mention */
    size_t n_tables, room_tables;
    struct schema_enum *enums;
    size_t n_enums, room_enums;
    struct schema_domain *domains;
    size_t n_domains, room_domains;
    struct schema_sequence *sequences;
    size_t n_sequences, room_sequences;
    char *damage; /* of the backup, of which tables may be missing therefore; or NULL */
    struct schema_index *index; /* hashes of the names, kept by the functions below */
};

static inline const char *
schema_default(const struct schema *schema)
{
    return schema->default_schema != NULL ? schema->default_schema : "public";
}
/* NULL when there is none. Pointers are valid until the next schema_*_add(). */
struct schema_table *schema_find_table(const struct schema *schema, const char *name);
struct schema_column *schema_find_column(const struct schema_table *table, const char *name);
struct schema_sequence *schema_find_sequence(const struct schema *schema, const char *name);
const struct schema_enum *schema_find_enum(const struct schema *schema, const char *name);
const struct schema_domain *schema_find_domain(const struct schema *schema, const char *name);
/* True when a sequence makes the column's values: numbers that say nothing by themselves. */
bool schema_is_made(const struct schema_column *column);
/* The primary key, or NULL. */
const struct schema_key *schema_primary_key(const struct schema_table *table);

/* The facts of merge-stream(5) are read and written by facts.h. */

/* Adds an empty one, or returns the one that has the name already. `name` is copied. */
struct schema_table *schema_add_table(struct schema *schema, const char *name);
struct schema_column *schema_add_column(struct schema_table *table, const char *name);
struct schema_key *schema_add_key(struct schema_table *table, const char *name);
struct schema_reference *schema_add_reference(struct schema_table *table, const char *name);
struct schema_check *schema_add_check(struct schema_table *table, const char *name);
struct schema_enum *schema_add_enum(struct schema *schema, const char *name);
struct schema_domain *schema_add_domain(struct schema *schema, const char *name);
struct schema_sequence *schema_add_sequence(struct schema *schema, const char *name);
/* The new name is copied; nothing that refers to the table is changed. A name that is taken is not
 * given, as PostgreSQL would not. */
void schema_rename_table(struct schema *schema, struct schema_table *table, const char *name);
/* The same, and all that refers to the table, or the column, gets the new name too; expressions
 * stay. The name must be free. */
void schema_retitle_table(struct schema *schema, const char *from, const char *to);
void schema_retitle_column(
    struct schema *schema, struct schema_table *table, const char *from, const char *to);
/* Takes the table out; pointers to tables are invalid then. */
void schema_drop_table(struct schema *schema, struct schema_table *table);
void schema_add_name(struct schema_names *names, const char *name);
/* Frees the names; for sets that are not kept for the process. */
void schema_names_release(struct schema_names *names);
bool schema_has_name(const struct schema_names *names, const char *name);
bool schema_names_equal(const struct schema_names *a, const struct schema_names *b);

#endif
