// The types are generated from beacon.xml and acme-pcp.xml.
