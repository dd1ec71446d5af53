-- A writer in Neovim (0.7 and later) with the settings of docs/editors.md, loaded before this by run.mjs.
local workspace = os.getenv('FORESAY_WORKSPACE')
local bundle = (os.getenv('FORESAY_BUNDLE') or '') ~= ''
local version = vim.version()
local editor = string.format('nvim %d.%d', version.major, version.minor)

local function check(what, ok)
  io.stdout:write((ok and 'ok   ' or 'FAIL ') .. editor .. ': ' .. what .. '\n')
  if not ok then error(what) end
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

local function eventually(what, condition, limit)
  check(what, vim.wait(limit or 120000, condition, 50))
end

--- The client that the settings have started for this buffer.
local function client()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  for _, each in pairs(get({ bufnr = 0 })) do
    if each.name == 'foresay' and each.initialized and vim.lsp.buf_is_attached(0, each.id) then return each end
  end
end

local function ask(method, params, limit)
  local it = client()
  local answer, err
  if version.minor >= 11 then
    answer, err = it:request_sync(method, params, limit or 120000, 0)
  else
    answer, err = it.request_sync(method, params, limit or 120000, 0)
  end
  if not answer then error(method .. ': ' .. tostring(err)) end
  if answer.error then error(method .. ': ' .. vim.inspect(answer.error)) end
  return answer.result
end

local function document() return { uri = vim.uri_from_bufnr(0) } end

--- The line under a heading and an empty line, counted from 0.
local function below(heading)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    if line == heading then return number + 1 end
  end
end

--- The action at a line whose title holds these words.
local function action(line, words)
  local at = { line = line, character = 0 }
  local actions = ask('textDocument/codeAction', {
    textDocument = document(),
    range = { start = at, ['end'] = at },
    context = { diagnostics = {} },
  })
  for _, each in ipairs(actions) do
    if each.title:find(words, 1, true) then return each end
  end
  error('no action with ' .. words)
end

--- What the editor itself does with an action that was picked.
local function take(picked)
  if picked.edit then
    vim.lsp.util.apply_workspace_edit(picked.edit, 'utf-16')
  elseif picked.command then
    ask('workspace/executeCommand', picked.command, 180000)
  else
    vim.lsp.util.apply_workspace_edit(ask('codeAction/resolve', picked, 180000).edit, 'utf-16')
  end
end

--- The action that these words name, picked from the editor's own list of code actions.
local function pickAction(words)
  local offered = false
  vim.ui.select = function(items, _, choose)
    for _, item in ipairs(items) do
      local title = (item.action or item[2]).title
      if title:find(words, 1, true) then
        offered = true
        return choose(item)
      end
    end
  end
  vim.lsp.buf.code_action()
  vim.wait(120000, function() return offered end, 50)
end

local function story()
  vim.cmd('edit ' .. workspace .. '/garden.md')
  vim.bo.filetype = 'markdown'
  eventually('the settings start the server', function() return client() ~= nil end, 60000)

  local last = vim.api.nvim_buf_line_count(0)
  vim.api.nvim_win_set_cursor(0, { last, 0 })
  vim.cmd('normal! $')
  local here = { textDocument = document(), position = { line = last - 1, character = #vim.api.nvim_get_current_line() } }

  if not bundle then
    local answer = ask('foresay/nextSentences', vim.tbl_extend('force', here, { candidates = 1 }))
    check('silence without a bundle has its reason', #answer.silence > 0)
    return
  end

  check('indexed', ask('foresay/indexed', { textDocument = document() }).sentences > 60)
  local hover = ask('textDocument/hover', { textDocument = document(), position = { line = 7, character = 5 } })
  check('hover', hover.contents.value:find('Similarity') ~= nil)
  local items = ask('textDocument/completion', here)
  check('completion', #(items.items or items) > 0)
  local inline = ask('textDocument/inlineCompletion', vim.tbl_extend('force', here, { context = { triggerKind = 1 } }))
  check('inline completion by a raw request', #(inline.items or inline) > 0)

  vim.api.nvim_win_set_cursor(0, { below('## Water and Soil') + 1, 0 })
  local before = text()
  pickAction('Next sentence:')
  eventually('a sentence picked from the code actions is in the buffer', function() return #text() > #before end)

  local stale = action(below('## Water and Soil'), 'Summarise section')
  vim.cmd('saveas! ' .. workspace .. '/renamed.md')
  -- Before 0.11 a client hears of the new name when the file is read again.
  if version.minor < 11 then vim.cmd('edit') end
  vim.bo.filetype = 'markdown'
  eventually('attached to the renamed file', function() return client() ~= nil end, 60000)
  local renamed = text()
  pcall(take, stale)
  check('an action from before the rename changes nothing', text() == renamed)
  take(action(below('## Water and Soil'), 'Summarise section'))
  eventually('a summary in the renamed file', function() return text():find('Summary%.') ~= nil end)
  check('and not in a buffer of the old name', vim.fn.bufname('%'):find('renamed.md') ~= nil)
end

local ok, err = pcall(story)
if not ok then io.stdout:write('FAIL ' .. editor .. ': ' .. tostring(err) .. '\n') end
vim.bo.modified = false
vim.cmd(ok and 'qa!' or 'cq!')
