/** Splits the text of files into records without parsing them: lines, CSV rows, JSON documents. */
package dhara.connectors.files.text;
