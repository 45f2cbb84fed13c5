/** Rows in: what the views are made of, read from where runs write and brought into the store. */
package dhara.serving.feed;
