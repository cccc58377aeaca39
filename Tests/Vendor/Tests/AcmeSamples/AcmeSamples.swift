// The tests are generated: one for each sample of beacon.xml.
