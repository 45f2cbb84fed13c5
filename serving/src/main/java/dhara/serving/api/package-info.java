/** The HTTP API: its routes, the fence around SQL, who may ask, and its document. */
package dhara.serving.api;
