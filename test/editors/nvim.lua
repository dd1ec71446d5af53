-- Neovim (0.7 and later) against foresay-server. Run by run.mjs: nvim --headless --clean -c 'luafile nvim.lua'
local bundle = (os.getenv('FORESAY_BUNDLE') or '') ~= ''

local function check(what, ok)
  io.stdout:write((ok and 'ok   ' or 'FAIL ') .. 'nvim: ' .. what .. '\n')
  if not ok then error(what) end
end

local function story()
  vim.cmd('edit ' .. os.getenv('FORESAY_WORKSPACE') .. '/garden.md')
  vim.bo.filetype = 'markdown'
  local id = vim.lsp.start_client({
    name = 'foresay',
    cmd = { 'node', os.getenv('FORESAY_SERVER'), '--stdio' },
    root_dir = os.getenv('FORESAY_WORKSPACE'),
  })
  vim.lsp.buf_attach_client(0, id)
  check('connected', vim.wait(60000, function()
    local client = vim.lsp.get_client_by_id(id)
    return client and client.initialized
  end, 50))

  local function ask(method, params, limit)
    local answers, err = vim.lsp.buf_request_sync(0, method, params, limit or 120000)
    if not answers or not answers[id] then error(method .. ': ' .. tostring(err)) end
    if answers[id].error then error(method .. ': ' .. vim.inspect(answers[id].error)) end
    return answers[id].result
  end

  local document = { uri = vim.uri_from_bufnr(0) }
  local last = vim.api.nvim_buf_line_count(0)
  vim.api.nvim_win_set_cursor(0, { last, 0 })
  vim.cmd('normal! $')
  local here = { textDocument = document, position = { line = last - 1, character = #vim.api.nvim_get_current_line() } }

  if not bundle then
    local answer = ask('foresay/nextSentences', vim.tbl_extend('force', here, { candidates = 1 }))
    check('silence without a bundle has its reason', #answer.silence > 0)
    return
  end

  check('indexed', ask('foresay/indexed', { textDocument = document }).sentences > 60)
  local hover = ask('textDocument/hover', { textDocument = document, position = { line = 7, character = 5 } })
  check('hover', hover.contents.value:find('Similarity') ~= nil)
  local inline = ask('textDocument/inlineCompletion', vim.tbl_extend('force', here, { context = { triggerKind = 1 } }))
  check('inline completion by a raw request', #(inline.items or inline) > 0)

  local line = 0
  for number, text in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    if text == '## Water and Soil' then line = number + 1 end
  end
  local at = { line = line, character = 0 }
  local actions = ask('textDocument/codeAction', {
    textDocument = document,
    range = { start = at, ['end'] = at },
    context = { diagnostics = {} },
  })
  local summary
  for _, action in ipairs(actions) do
    if action.title:find('Summarise section') then summary = action end
  end
  check('a summary among the code actions', summary ~= nil)
  if summary.command then
    ask('workspace/executeCommand', summary.command, 180000)
  else
    local resolved = ask('codeAction/resolve', summary, 180000)
    vim.lsp.util.apply_workspace_edit(resolved.edit, 'utf-16')
  end
  check('the summary in the buffer', vim.wait(60000, function()
    return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'):find('Summary%.') ~= nil
  end, 50))
end

local ok, err = pcall(story)
if not ok then io.stdout:write('FAIL nvim: ' .. tostring(err) .. '\n') end
vim.bo.modified = false
vim.cmd(ok and 'qa!' or 'cq!')
