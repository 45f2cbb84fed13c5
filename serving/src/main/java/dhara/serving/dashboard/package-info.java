/**
 * The pages of the dashboard, as files of this module and of WebJars; they read the API like any
 * other client.
 */
package dhara.serving.dashboard;
