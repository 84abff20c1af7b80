/**
 * What the HTML reports share: templates, their style sheet, and the paths of their charts. Imports
 * jmustache, and nothing of the rest of unmask.
 */
package io.unmask.model.page;
