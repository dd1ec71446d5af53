;;; eglot.el --- Emacs with eglot against foresay-server  -*- lexical-binding: t -*-
;; Run by run.mjs: emacs --batch -l eglot.el, with FORESAY_SERVER, FORESAY_WORKSPACE and FORESAY_BUNDLE set.

(setq eglot-confirm-server-initiated-edits nil)
(require 'package)
(package-initialize)
(require 'eglot)
(require 'cl-lib)

(add-to-list 'eglot-server-programs
             (list 'text-mode "node" (getenv "FORESAY_SERVER") "--stdio"))

(defun foresay-check (what ok)
  "Fail the run unless OK; WHAT says what was looked for."
  (if ok (message "ok   emacs: %s" what)
    (message "FAIL emacs: %s" what)
    (kill-emacs 1)))

(defun foresay-here ()
  "The text document and the position of point, as request parameters."
  (eglot--TextDocumentPositionParams))

(find-file (expand-file-name "garden.md" (getenv "FORESAY_WORKSPACE")))
(text-mode)
(let ((eglot-sync-connect 60)) (apply #'eglot--connect (eglot--guess-contact)))
(let* ((server (eglot-current-server))
       (document (eglot--TextDocumentIdentifier)))
  (foresay-check "connected, completion is offered to a client without inline completion"
                 (eglot--server-capable :completionProvider))
  (goto-char (point-min))
  (search-forward "Ours was a strip")
  (if (string-empty-p (or (getenv "FORESAY_BUNDLE") ""))
      (foresay-check "silence without a bundle has its reason"
                     (< 0 (length (plist-get (jsonrpc-request server :foresay/nextSentences
                                                              (append (foresay-here) '(:candidates 1)) :timeout 60)
                                             :silence))))
    (jsonrpc-request server :foresay/indexed (list :textDocument document) :timeout 180)
    (let ((hover (jsonrpc-request server :textDocument/hover (foresay-here) :timeout 60)))
      (foresay-check "hover" (string-match "Similarity" (plist-get (plist-get hover :contents) :value))))
    (goto-char (point-max))
    (skip-chars-backward " \n")
    (let* ((answer (jsonrpc-request server :textDocument/completion (foresay-here) :timeout 120))
           (items (if (vectorp answer) answer (plist-get answer :items))))
      (foresay-check "completion items" (< 0 (length items))))
    (goto-char (point-min))
    (search-forward "## Water and Soil")
    (forward-line 2)
    (let* ((at (eglot--pos-to-lsp-position))
           (actions (jsonrpc-request server :textDocument/codeAction
                                     (list :textDocument document :range (list :start at :end at)
                                           :context (list :diagnostics []))
                                     :timeout 120))
           (summary (cl-find-if (lambda (action) (string-match "Summarise section" (plist-get action :title)))
                                actions))
           (command (plist-get summary :command)))
      (foresay-check "a summary among the code actions" command)
      (jsonrpc-request server :workspace/executeCommand
                       (list :command (plist-get command :command) :arguments (plist-get command :arguments))
                       :timeout 180)
      (let ((tries 0))
        (while (and (< tries 600) (not (string-match "Summary[.:]" (buffer-string))))
          (accept-process-output nil 0.1)
          (setq tries (1+ tries))))
      (foresay-check "the summary in the buffer" (string-match "Summary[.:]" (buffer-string)))))
  (set-buffer-modified-p nil)
  (kill-emacs 0))
