/** Changes, pushed to clients as they are committed. */
package dhara.serving.push;
