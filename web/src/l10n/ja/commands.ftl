## Groups
group-play = 再生
group-mark = マーク
group-tools = ツール
group-edit = 編集
group-clip = クリップ
group-add = 追加
group-view = 表示
group-project = プロジェクト

## Playback
cmd-play-pause = 再生／一時停止
cmd-play-forward = 順再生（繰り返すと速く）
cmd-play-backward = 逆再生（繰り返すと速く）
cmd-stop = 停止
cmd-step-back = 1 フレーム戻る
cmd-step-forward = 1 フレーム進む
cmd-second-back = 1 秒戻る
cmd-second-forward = 1 秒進む
cmd-to-start = 先頭へ移動
cmd-to-end = 末尾へ移動
cmd-previous-edit = 前の編集点
cmd-next-edit = 次の編集点
cmd-previous-marker = 前のマーカー
cmd-next-marker = 次のマーカー
cmd-enter-timecode = タイムコードを入力

## Marks
cmd-mark-in = イン点を設定
cmd-mark-out = アウト点を設定
cmd-clear-range = イン点とアウト点を消去
cmd-to-in = イン点へ移動
cmd-to-out = アウト点へ移動
cmd-mark-clip = 再生ヘッドのクリップをマーク
cmd-add-marker = マーカーを追加

## Tools
cmd-tool-select = 選択ツール
cmd-tool-blade = ブレードツール
cmd-tool-slip = スリップツール
cmd-toggle-snapping = スナップ

## Edit
cmd-undo = 取り消す
cmd-redo = やり直す
cmd-cut = カット
cmd-copy = コピー
cmd-paste = 再生ヘッドにペースト
cmd-delete = 削除
cmd-ripple-delete = リップル削除
cmd-split = 再生ヘッドで分割
cmd-split-all = 全トラックを再生ヘッドで分割
cmd-ripple-trim-start = 先頭を再生ヘッドまでリップルトリム
cmd-ripple-trim-end = 末尾を再生ヘッドまでリップルトリム
cmd-trim-start = 先頭を再生ヘッドまでトリム
cmd-trim-end = 末尾を再生ヘッドまでトリム
cmd-lift = マーク範囲をリフト
cmd-extract = マーク範囲を抽出
cmd-nudge-left = 1 フレーム前へずらす
cmd-nudge-right = 1 フレーム後へずらす
cmd-select-all = すべて選択
cmd-select-none = 選択を解除
cmd-select-at-playhead = 再生ヘッドのクリップを選択

## Clip
cmd-toggle-link = リンク／リンク解除
cmd-toggle-group = グループ化／解除
cmd-toggle-enabled = 有効／無効
cmd-nest = 新しいコンポジションにネスト
cmd-add-dissolve = カットにクロスフェードを追加

## Add
cmd-insert-media = 選択メディアを再生ヘッドに挿入
cmd-overwrite-media = 選択メディアを再生ヘッドに上書き
cmd-append-media = 選択メディアを末尾に追加
cmd-add-video-track = ビデオトラックを追加
cmd-add-audio-track = オーディオトラックを追加

## View
cmd-zoom-in = 拡大
cmd-zoom-out = 縮小
cmd-zoom-fit = 全体を表示
cmd-panel-viewer = ビューアを表示
cmd-panel-timeline = タイムラインを表示
cmd-panel-media = メディアを表示
cmd-panel-inspector = インスペクタを表示
cmd-panel-browser = ライブラリを表示
cmd-panel-history = 履歴を表示
cmd-panel-jobs = ジョブを表示
cmd-panel-problems = 問題を表示
cmd-toggle-theme = ダーク／ライト
cmd-reset-layout = レイアウトをリセット
cmd-fullscreen = ビューアを全画面表示

## Project
cmd-palette = すべてのコマンド
cmd-keyboard = キーボードショートカット
cmd-save = 保存
cmd-import = メディアを読み込む
cmd-export = ムービーを書き出す
