/** Rows as they are sent: JSON, CSV and Arrow. */
package dhara.serving.rows;
