## Groups
group-trim = トリム
group-track = トラック
menu-trim = トリム
menu-track = トラック

## Tools and trims
cmd-tool-trim = トリムツール
cmd-tool-slide = スライドツール
cmd-tool-stretch = レート調整ツール
cmd-toggle-linked = リンク選択
cmd-toggle-magnetic = マグネット：削除と移動でギャップを詰める
cmd-select-point = 最も近い編集点を選択
cmd-cycle-point = 編集点の対象を切り替え
cmd-extend-edit = 編集点を再生ヘッドまで延長
cmd-enter-offset = タイムコードで移動・トリム
cmd-nudge-left-far = 5 フレーム前へ
cmd-nudge-right-far = 5 フレーム後へ
cmd-slip-left = 1 フレーム前へスリップ
cmd-slip-right = 1 フレーム後へスリップ
cmd-slide-left = 1 フレーム前へスライド
cmd-slide-right = 1 フレーム後へスライド
point-start = { $name } の始点
point-end = { $name } の終点
point-both = { $name } の前のカット
offset-point = トリム量…
offset-move = 移動量…
offset-slip = スリップ量…
offset-slide = スライド量…
offset-stretch = 終点の伸縮量…
offset-playhead = 移動先…
offset-hint = +12 は 12 フレーム後、−1. は 1 秒前。符号がなければ位置になります
offset-wrong = タイムコードではありません

## Edit
cmd-close-gap = 再生ヘッドのギャップを詰める
cmd-close-all-gaps = すべてのギャップを詰める
nothing-gap-here = ここには同期ロックの全トラックに共通するギャップがありません
nothing-gaps = 同期ロックの全トラックに共通するギャップがありません
cmd-duplicate = 複製
cmd-paste-attributes = 属性をペースト…
cmd-select-in-range = マーク範囲のクリップを選択
cmd-select-forward = 再生ヘッド以降を選択
cmd-select-backward = 再生ヘッド以前を選択
cmd-select-forward-track = このトラックの以降を選択
cmd-select-backward-track = このトラックの以前を選択
close-gap-track = このトラックだけギャップを詰める
mark-gap = ギャップをマーク
attributes-title = 属性をペースト
attributes-about = コピーしたクリップから、選択中のクリップに渡す属性を選びます。
attributes-from = 「{ $name }」から { $count } 個のクリップへ
attributes-nothing-copied = 先にクリップをコピーすると、その属性をペーストできます。
attributes-nothing-selected = 属性を受け取るクリップを選択してください。
attributes-paste = ペースト
attribute-transform = 位置・拡大・回転・切り抜き
attribute-opacity = 不透明度
attribute-blend = 描画モード
attribute-masks = マスク
attribute-effects = エフェクト
attribute-sound = 音声
attribute-speed = 速度
attribute-default = 初期値

## Clip
cmd-unnest = ネストを解除
cmd-open-nested = ネストしたコンポジションを開く
cmd-close-nested = ネストから戻る
crumbs = ネストの階層
main-film = 本編

## Tracks
cmd-target-video = 次の映像トラックだけを対象にする
cmd-target-audio = 次の音声トラックだけを対象にする
cmd-target-all = すべてのトラックを対象にする
cmd-toggle-sync = 対象トラックの同期ロック
cmd-toggle-track-lock = トラックをロック
cmd-toggle-track-show = トラックを非表示
cmd-toggle-track-mute = トラックをミュート
cmd-toggle-track-solo = トラックをソロ
cmd-taller-tracks = トラックを高く
cmd-shorter-tracks = トラックを低く
track-target = 対象
track-target-of = { $track } を対象にする
track-target-hint = 対象：配置・分割・抽出の対象になります。Alt+クリックでこのトラックだけ
track-only-target = このトラックだけを対象にする
track-sync = 同期ロック：リップル編集でずれないようにする
track-select = すべてのクリップを選択
track-close-gaps = このトラックのギャップをすべて詰める
track-reset-height = 高さを戻す
track-height = { $track } の高さ

## Markers
panel-markers = マーカー
cmd-panel-markers = マーカーを表示
cmd-mark-selection = 選択範囲をマーク
cmd-add-range-marker = マーク範囲にマーカーを追加
cmd-edit-marker = 再生ヘッドのマーカーを編集
cmd-delete-marker = マーカーを削除
search-markers = マーカーを検索
markers-empty = マーカーはまだありません
markers-empty-hint = 再生ヘッドの位置に追加できます（再生中も可）。色・長さ・メモを付けられます。
marker-untitled = 名称未設定
marker-name = マーカーの名前
marker-time = 時刻
marker-length = マーカーの長さ
marker-note = メモ
marker-go = 「{ $name }」へ移動
marker-edit = マーカーを編集…
marker-to-range = マーカーの長さをマーク
marker-colour-green = 緑
marker-colour-cyan = 水色
marker-colour-blue = 青
marker-colour-purple = 紫
marker-colour-pink = ピンク
marker-colour-red = 赤
marker-colour-orange = オレンジ
marker-colour-yellow = 黄

## Keys
keys-filter = 表示するコマンド
keys-filter-all = すべてのコマンド
keys-filter-changed = 変更したもの
keys-filter-conflicts = 競合しているもの
keys-filter-without = キーのないもの
keys-conflicts = { $count } 個のキーが複数のコマンドに使われています
keys-show = 表示
keys-find = キーで検索
keys-find-clear = すべてのキー
keys-remove = 「{ $command }」から { $chord } を外す
keys-taken = { $chord } は { $commands } にも使われています
keys-take = ここだけで使う
keys-import = 読み込む…
keys-export = 書き出す
keys-import-wrong = キー設定のファイルではありません
keys-imported = { $count } 個のキーを読み込みました{ $unknown ->
        [0] {""}
       *[other] （不明なコマンド { $unknown } 個を除く）
    }

## Workspaces and settings
menu-workspace = ワークスペース
cmd-workspace-edit = ワークスペース：編集
cmd-workspace-colour = ワークスペース：カラー
cmd-workspace-sound = ワークスペース：サウンド
cmd-workspaces = ワークスペースを管理…
workspace-edit = 編集
workspace-colour = カラー
workspace-sound = サウンド
workspaces-about = ワークスペースはパネルの配置です。変更は元に戻すまで保持されます。
workspace-go = 「{ $name }」に切り替え
workspace-name-of = 「{ $name }」の名前
workspace-remove = 「{ $name }」を削除
workspace-new = 新しいワークスペースの名前
workspace-save = 現在の配置を保存
workspace-taken = 同じ名前のワークスペースがあります
cmd-settings = 設定
settings-about = このブラウザに保存され、すべてのプロジェクトで使われます。
settings-look = 表示
settings-editing = 編集
settings-language = 言語
settings-theme = テーマ
theme-system = システムに合わせる
theme-dark = ダーク
theme-light = ライト
settings-text-size = 文字の大きさ
settings-text-size-steps = 文字の大きさ（段階）
settings-motion = 動き
motion-system = システムに合わせる
motion-reduced = 減らす
settings-keys = キー
settings-keys-change = キーを変更
settings-time = 時間の表示
time-display-timecode = タイムコード
time-display-frames = フレーム
time-display-seconds = 秒
settings-snapping = スナップ
settings-snapping-about = プロジェクトを開いたとき
settings-quality-about = プロジェクトを開いたとき
settings-reset = 設定を元に戻す
