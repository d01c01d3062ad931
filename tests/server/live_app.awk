# What an application does all day: awk -v seed=1 -v name=a -f live_app.awk | psql -c '\set ...'
#
# Endless transactions on the tables of app.sql: it makes rows of its own (their names begin with "app"),
# changes and deletes them again, and writes into a ledger what they should be; it changes and deletes rows
# that the backups hold too, but only those of even numbers. Some transactions touch two rows in any order.
function rnd(n) {
    state = state * 16807 % 2147483647
    return state % n
}
function own() { return "'app-" name "-" (made > 0 ? 1 + rnd(made) : 1) "'" }
function even() { return "'pkg:generic/p" (2 * rnd(300) + 2) "'" }
function ledger(value) { return "INSERT INTO ledger (purl, version) VALUES (" purl ", " value "); " }
BEGIN {
    state = seed * 7919 + 1
    print "SET log_min_messages = fatal;"
    for (;;) {
        what = rnd(100)
        purl = own()
        print "SELECT pg_sleep(0.004);" # people think in between
        if (what < 25) {
            purl = "'app-" name "-" (++made) "'"
            print "BEGIN; INSERT INTO package (purl, version, updated_at) VALUES (" purl ", '1', now()); " ledger("'1'") "COMMIT;"
        } else if (what < 40)
            print "BEGIN; UPDATE package SET version = version || 'x' WHERE purl = " purl "; INSERT INTO ledger (purl, version) SELECT purl, version FROM package WHERE purl = " purl "; COMMIT;"
        else if (what < 50)
            print "BEGIN; DELETE FROM finding WHERE package_id = (SELECT id FROM package WHERE purl = " purl "); DELETE FROM package WHERE purl = " purl "; " ledger("NULL") "COMMIT;"
        else if (what < 60)
            print "INSERT INTO finding (code, package_id) SELECT 'app-" name "-" (++found) "', id FROM package WHERE purl = " purl ";"
        else if (what < 80)
            print "UPDATE package SET version = 'app' WHERE purl = " even() ";"
        else if (what < 90)
            print "UPDATE finding SET data = NULL WHERE code = 'F-" (2 * rnd(300) + 2) "';"
        else if (what < 95)
            print "DELETE FROM finding WHERE code = 'F-" (2 * rnd(300) + 2) "';"
        else
            print "BEGIN; UPDATE package SET score = 1 WHERE purl = " even() "; UPDATE package SET score = 2 WHERE purl = " even() "; COMMIT;"
    }
}
