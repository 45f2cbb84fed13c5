/** Folders of results: who writes into one, and whether what is there is whole. */
package dhara.files;
