;;; emacs.el --- What the scripts for eglot and lsp-mode share  -*- lexical-binding: t -*-
;; Run by run.mjs before the settings of docs/editors.md: emacs --batch -l emacs.el -l SETTINGS -l eglot.el

(require 'package)
(package-initialize)
(require 'cl-lib)

(defvar foresay-editor "emacs" "The client, for messages.")

(defun foresay-check (what ok)
  "Fail the run unless OK; WHAT says what was looked for."
  (if ok (message "ok   %s: %s" foresay-editor what)
    (message "FAIL %s: %s" foresay-editor what)
    (kill-emacs 1)))

(defun foresay-eventually (what condition)
  "Wait for CONDITION, and fail the run if it does not come; WHAT says what it is."
  (let ((tries 0))
    (while (and (< tries 1200) (not (funcall condition)))
      (accept-process-output nil 0.1)
      (setq tries (1+ tries))))
  (foresay-check what (funcall condition)))

(defun foresay-has-bundle ()
  "Whether there is a model to ask."
  (not (string-empty-p (or (getenv "FORESAY_BUNDLE") ""))))

(defun foresay-open (name)
  "Visit the document NAME of the workspace as Markdown."
  (find-file (expand-file-name name (getenv "FORESAY_WORKSPACE")))
  (unless (eq major-mode 'markdown-mode)
    (unless (fboundp 'markdown-mode) (define-derived-mode markdown-mode text-mode "Markdown"))
    (markdown-mode)))

(defun foresay-below (heading)
  "Go to the paragraph below HEADING."
  (goto-char (point-min))
  (search-forward heading)
  (forward-line 2))

(defun foresay-story (request capable act)
  "What a writer does.
REQUEST asks the server by method and params, CAPABLE tells of a capability, ACT runs the code action whose title matches."
  (let ((ask-here (lambda (method &rest more)
                    (funcall request method (append (foresay-here) more)))))
    (foresay-check "completion is offered to a client without inline completion" (funcall capable :completionProvider))
    (goto-char (point-min))
    (search-forward "Ours was a strip")
    (if (not (foresay-has-bundle))
        (foresay-check "silence without a bundle has its reason"
                       (< 0 (length (plist-get (funcall ask-here "foresay/nextSentences" :candidates 1) :silence))))
      (funcall request "foresay/indexed" (list :textDocument (plist-get (foresay-here) :textDocument)))
      (let ((hover (funcall ask-here "textDocument/hover")))
        (foresay-check "hover" (string-match "Similarity" (plist-get (plist-get hover :contents) :value))))
      (goto-char (point-max))
      (skip-chars-backward " \n")
      (let* ((answer (funcall ask-here "textDocument/completion"))
             (items (if (vectorp answer) answer (plist-get answer :items))))
        (foresay-check "completion" (< 0 (length items))))
      (foresay-below "## Water and Soil")
      (let ((before (buffer-size)))
        (funcall act "Next sentence:")
        (foresay-eventually "a sentence from the code actions is in the buffer" (lambda () (< before (buffer-size)))))
      ;; A file that is renamed is the same text under another name: its edits go there.
      (set-visited-file-name (expand-file-name "renamed.md" (getenv "FORESAY_WORKSPACE")))
      (save-buffer)
      (foresay-renamed)
      (foresay-below "## Water and Soil")
      (funcall act "Summarise section")
      (foresay-eventually "a summary in the renamed file" (lambda () (string-match "Summary[.]" (buffer-string))))
      (foresay-check "and in no buffer of the old name"
                     (and (string-match "renamed.md" (buffer-file-name))
                          (not (get-buffer "garden.md"))))))
  (set-buffer-modified-p nil)
  (kill-emacs 0))
