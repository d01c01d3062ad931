-- What staging holds: some of production's packages under other ids, changed ones, and new ones.
INSERT INTO package (purl, license) VALUES
    ('pkg:pypi/django@3.2', 'BSD-3-Clause'),
    ('pkg:npm/left-pad@1.3.0', 'WTFPL'),
    ('pkg:npm/express@4.17.1', 'MIT'),
    ('pkg:npm/lodash@4.17.20', 'MIT');
INSERT INTO package (purl, license)
    SELECT 'pkg:cargo/new-' || n, 'Apache-2.0' FROM generate_series(1, 500) n;
INSERT INTO dataset (name, updated_at) VALUES
    ('mobile app', '2024-06-01 10:00:00+00'),
    ('shop', '2024-06-02 10:00:00+00');
INSERT INTO datasource (dataset_id, url)
    SELECT id, 'https://git.example/' || name FROM dataset;
INSERT INTO finding (package_id, identifier, severity)
    SELECT id, 'CVE-2021-23337', 'high' FROM package WHERE purl = 'pkg:npm/lodash@4.17.20';
INSERT INTO finding (package_id, identifier, severity)
    SELECT id, 'CVE-2022-28346', 'critical' FROM package WHERE purl = 'pkg:pypi/django@3.2';
INSERT INTO dataset_metrics (dataset_id, commit_time, package_indexes)
    SELECT d.id, '2024-06-02 10:00:00+00', (SELECT array_agg(p.id ORDER BY p.purl DESC) FROM package p WHERE p.id <= 4)
    FROM dataset d WHERE d.name = 'shop';
INSERT INTO dataset_metrics (dataset_id, commit_time, package_indexes)
    SELECT d.id, '2024-06-01 10:00:00+00', (SELECT array_agg(p.id ORDER BY p.id) FROM package p WHERE p.id IN (2, 5, 6))
    FROM dataset d WHERE d.name = 'mobile app';
INSERT INTO edit (dataset_metrics_id, note) SELECT id, 'scan of ' || commit_time::date FROM dataset_metrics;
