/** Folders of results: which run writes into one, and whether its content is complete. */
package dhara.files;
