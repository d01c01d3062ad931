-- What production holds: package 1 here is not package 1 in staging.
INSERT INTO package (purl, license)
    SELECT 'pkg:npm/live-' || n, 'MIT' FROM generate_series(1, 200) n;
INSERT INTO package (purl, license) VALUES
    ('pkg:npm/lodash@4.17.20', 'MIT'),
    ('pkg:npm/express@4.17.1', NULL),
    ('pkg:pypi/django@3.2', 'BSD-3-Clause');
INSERT INTO dataset (name, updated_at) VALUES
    ('shop', '2024-05-01 10:00:00+00'),
    ('intranet', '2024-05-02 10:00:00+00');
INSERT INTO datasource (dataset_id, url)
    SELECT id, 'https://git.example/' || name FROM dataset;
INSERT INTO finding (package_id, identifier, severity)
    SELECT id, 'CVE-2021-23337', 'unknown' FROM package WHERE purl = 'pkg:npm/lodash@4.17.20';
INSERT INTO dataset_metrics (dataset_id, commit_time, package_indexes)
    SELECT d.id, '2024-05-01 10:00:00+00', (SELECT array_agg(p.id ORDER BY p.id) FROM package p WHERE p.purl NOT LIKE '%live%')
    FROM dataset d WHERE d.name = 'shop';
INSERT INTO edit (dataset_metrics_id, note) SELECT id, 'first import' FROM dataset_metrics;
