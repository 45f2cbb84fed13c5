/** The verb {@code serve}: answers as views that people and programs look at while they change. */
package dhara.serving;
