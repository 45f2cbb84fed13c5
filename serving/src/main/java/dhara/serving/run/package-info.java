/** Analyses that run in the process of the server: their rows go straight into its store. */
package dhara.serving.run;
