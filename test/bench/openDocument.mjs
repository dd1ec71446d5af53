/** A document as an editor has it open: edits go to its own lines and to the server. */
export class OpenDocument {
  #version = 1;

  constructor(server, uri, lines) {
    this.server = server;
    this.uri = uri;
    this.lines = [...lines];
  }

  async open() {
    await this.server.open(this.uri, 'markdown', this.lines.join('\n'));
  }

  async close() {
    await this.server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: this.uri } });
  }

  /** Inserts at the end of a line. */
  async type(line, text) {
    const end = { line, character: this.lines[line].length };
    this.lines[line] += text;
    this.#version += 1;
    await this.server.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.uri, version: this.#version },
      contentChanges: [{ range: { start: end, end }, text }],
    });
  }

  /** Puts lines behind the last one. */
  async append(lines) {
    const last = this.lines.length - 1;
    await this.type(last, ['', ...lines].join('\n'));
    this.lines.splice(last, 1, ...this.lines[last].split('\n'));
  }

  endOf(line) {
    return { line, character: this.lines[line].length };
  }
}
