/*
 * Ids inside JSON: a text whose ids all keep stays as it is; rewritten, it is whole again and its
 * ids are what was put there; the ids of a text do not depend on what is done with them.
 */
#include "fuzz.h"
#include "jsonwalk.h"

static const char *const deep[] = {"a", "b"}, *const flat[] = {"ids"};
static const struct jsonwalk_path paths[] = {{deep, 2, JSONWALK_VALUE},
    {flat, 1, JSONWALK_ELEMENTS}, {flat, 1, JSONWALK_VALUE}, {NULL, 0, JSONWALK_ELEMENTS}};
#define N_PATHS (sizeof paths / sizeof paths[0])

struct seen {
    enum jsonwalk_verdict verdict;
    size_t ids, replaced;
};

static enum jsonwalk_verdict
visit(void *context, size_t path, size_t number, struct slice id, struct slice *by)
{
    struct seen *seen = context;

    REQUIRE(path < N_PATHS && (number > 0) == (paths[path].what == JSONWALK_ELEMENTS));
    seen->ids++;
    *by = SLICE("77");
    seen->replaced += slice_is(id, "77");
    return seen->verdict == JSONWALK_DROP && number == 0 ? JSONWALK_NULL : seen->verdict;
}

static enum jsonwalk_result
rewrite(struct slice text, struct seen *seen, struct buf *out)
{
    struct jsonwalk walk = {0};
    enum jsonwalk_result result =
        jsonwalk_rewrite(&walk, text, paths, N_PATHS, (struct jsonwalk_visitor){visit, seen}, out);

    REQUIRE(result != JSONWALK_BAD || (walk.reason != NULL && walk.at <= text.length));
    REQUIRE(result == JSONWALK_CHANGED || out->length == 0);
    jsonwalk_release(&walk);
    return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum jsonwalk_verdict verdicts[] = {
        JSONWALK_REPLACE, JSONWALK_NULL, JSONWALK_DROP};
    struct slice text = {(const char *)data, size};
    struct seen kept = {.verdict = JSONWALK_KEEP};
    struct buf out = {0};
    enum jsonwalk_result first = rewrite(text, &kept, &out);

    REQUIRE(first == JSONWALK_KEPT || first == JSONWALK_BAD);
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        struct seen seen = {.verdict = verdicts[i]}, again = {.verdict = JSONWALK_KEEP};
        struct buf second = {0};
        enum jsonwalk_result result = rewrite(text, &seen, &out);

        REQUIRE(seen.ids == kept.ids);
        REQUIRE((result == JSONWALK_BAD) == (first == JSONWALK_BAD));
        if (result == JSONWALK_CHANGED) {
            REQUIRE(rewrite(buf_slice(&out), &again, &second) == JSONWALK_KEPT);
            REQUIRE(again.ids == (verdicts[i] == JSONWALK_REPLACE ? seen.ids : 0));
            REQUIRE(again.replaced == again.ids);
        }
        buf_clear(&out);
        buf_release(&second);
    }
    buf_release(&out);
    return 0;
}
