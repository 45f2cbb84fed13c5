/** The store: answers in DuckDB, merged by revision, queried now and as they were known. */
package dhara.serving.store;
