/** Text of files, cut into records without being parsed: lines, rows of CSV, documents of JSON. */
package dhara.connectors.files.text;
