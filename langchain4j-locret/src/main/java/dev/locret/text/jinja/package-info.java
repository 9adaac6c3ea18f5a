/**
 * A small interpreter for the Jinja of chat templates, with jinja2's behaviour as Hugging Face configures it.
 *
 * <p>Why not a library: jinjava 2.8.3, configured as close to this as it goes, gave the right bytes for 20 of the
 * project's 50 golden renderings (it keeps the white space that <code>{{-</code> strips, and fails on {@code
 * namespace(x=1)}), its expressions reach Java objects, and no library can say which characters of its output came from
 * a user. Here every string carries that mark ({@link dev.locret.text.jinja.Text}), so control tokens written by a user
 * stay text whatever the template does to them.
 *
 * <p>Nothing here touches the host: values are strings, numbers, lists and maps of this package, names resolve to fixed
 * tables, no class, file or clock is reachable except the date that {@code strftime_now} formats. Work is counted and
 * bounded ({@link dev.locret.text.jinja.Budget}).
 */
package dev.locret.text.jinja;
