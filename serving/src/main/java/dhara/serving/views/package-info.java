/** What is served, between the store and its readers: views, queries, changes, status. */
package dhara.serving.views;
