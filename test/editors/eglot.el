;;; eglot.el --- A writer in Emacs with eglot  -*- lexical-binding: t -*-

(require 'eglot)
(setq foresay-editor "eglot")
(setq eglot-confirm-server-initiated-edits nil)
(setq eglot-sync-connect 60)

(defun foresay-here ()
  "The text document and the position of point, as request parameters."
  (eglot--TextDocumentPositionParams))

(defun foresay-attach ()
  "See that the buffer is managed; batch mode runs no idle timers, which eglot connects from."
  (unless (eglot-managed-p) (apply #'eglot--connect (eglot--guess-contact)))
  (foresay-check "the settings name the server" (eglot-managed-p)))

(defun foresay-renamed ()
  "Read the file again, as docs/editors.md says to do after a rename."
  (revert-buffer t t t)
  (foresay-check "the renamed file is managed" (eglot-managed-p)))

(defun foresay-request (method params)
  "Ask the server METHOD with PARAMS."
  (eglot--signal-textDocument/didChange)
  (jsonrpc-request (eglot-current-server) (intern (concat ":" method)) params :timeout 180))

(defun foresay-act (title)
  "Run the code action with TITLE in its name."
  (let* ((at (eglot--pos-to-lsp-position))
         (actions (foresay-request "textDocument/codeAction"
                                   (list :textDocument (eglot--TextDocumentIdentifier)
                                         :range (list :start at :end at)
                                         :context (list :diagnostics []))))
         (action (cl-find-if (lambda (each) (string-match title (plist-get each :title))) actions)))
    (foresay-check (format "an action “%s”" title) action)
    (let ((edit (plist-get action :edit)) (command (plist-get action :command)))
      (cond (edit (eglot--apply-workspace-edit edit))
            (t (foresay-request "workspace/executeCommand"
                                (list :command (plist-get command :command)
                                      :arguments (plist-get command :arguments))))))))

(foresay-open "garden.md")
(foresay-attach)
(foresay-story #'foresay-request (lambda (capability) (eglot--server-capable capability)) #'foresay-act)
