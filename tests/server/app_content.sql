-- The application's content without its ids, a line a row, to be sorted and compared.
SELECT 'package', purl, version, score, updated_at::text FROM package
UNION ALL SELECT 'dataset', name, '', NULL, '' FROM dataset
UNION ALL SELECT 'finding', code, purl, NULL, data::text FROM finding f JOIN package p ON p.id = f.package_id
UNION ALL SELECT 'dataset_package', d.name, p.purl, NULL, note
    FROM dataset_package l JOIN dataset d ON d.id = l.dataset_id JOIN package p ON p.id = l.package_id
UNION ALL SELECT 'metrics', d.name, m.at::text, NULL,
    (SELECT string_agg(coalesce(p.purl, '?' || x), ',' ORDER BY o)
     FROM unnest(package_ids) WITH ORDINALITY u(x, o) LEFT JOIN package p ON p.id = x)
    FROM metrics m JOIN dataset d ON d.id = m.dataset_id
UNION ALL SELECT 'category', c.name, p.name, NULL, '' FROM category c LEFT JOIN category p ON p.id = c.parent_id;
