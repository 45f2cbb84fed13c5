/** The verb {@code train}: models from labelled history, and releases of them. */
package dhara.tools.train;
