;;; lsp-mode.el --- A writer in Emacs with lsp-mode  -*- lexical-binding: t -*-

(setq foresay-editor "lsp-mode")
(setq lsp-use-plists nil
      lsp-auto-guess-root t
      lsp-response-timeout 180
      lsp-enable-file-watchers nil
      lsp-restart 'ignore)

(defun foresay-here ()
  "The text document and the position of point, as request parameters."
  (list :textDocument (lsp--text-document-identifier) :position (lsp--cur-position)))

(defun foresay-attach ()
  "See that the buffer has a server."
  (lsp-workspace-folders-add (getenv "FORESAY_WORKSPACE"))
  (unless (lsp-workspaces) (lsp))
  (foresay-eventually "the settings start the server"
                      (lambda () (cl-some (lambda (each) (eq 'initialized (lsp--workspace-status each)))
                                          (lsp-workspaces)))))

(defun foresay-renamed ()
  "See that the renamed file has a server; lsp-mode notices by itself."
  (foresay-attach))

(defun foresay-plist (value)
  "VALUE as property lists, from the hash tables that lsp-mode reads."
  (cond ((hash-table-p value)
         (let (found) (maphash (lambda (key each) (setq found (append (list (intern (concat ":" key)) (foresay-plist each)) found)))
                               value)
              found))
        ((and (listp value) (cl-every #'hash-table-p value) value) (vconcat (mapcar #'foresay-plist value)))
        (t value)))

(defun foresay-request (method params)
  "Ask the server METHOD with PARAMS."
  (foresay-plist (lsp-request method params)))

(defun foresay-act (title)
  "Run the code action with TITLE in its name, as `lsp-execute-code-action' does."
  (let ((action (cl-find-if (lambda (each) (string-match title (gethash "title" each)))
                            (lsp-request "textDocument/codeAction" (lsp--text-document-code-action-params)))))
    (foresay-check (format "an action “%s”" title) action)
    (lsp-execute-code-action action)))

(foresay-open "garden.md")
(foresay-attach)
(foresay-story #'foresay-request (lambda (capability) (lsp-feature? "textDocument/completion")) #'foresay-act)
