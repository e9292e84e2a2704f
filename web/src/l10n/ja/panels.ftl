## Source monitor
panel-source = ソース
cmd-panel-source = ソースモニターを表示
cmd-ontop-media = 選択メディアを再生ヘッド位置の最上部に配置
cmd-match-frame = マッチフレーム：ソースモニターで開く
source-empty = ソースが開かれていません
source-empty-hint = メディアパネルの項目をダブルクリックするか、クリップでマッチフレームを実行して、使う部分を選んでください。
source-picture = { $name } の映像
source-drag = タイムラインへドラッグ
source-transport = ソースの再生操作
source-close = ソースを閉じる
source-parts = 使用する要素
marked-length = マーク範囲の長さ
open-in-source = ソースモニターで開く
parts-both = 映像と音声
parts-picture = 映像のみ
parts-sound = 音声のみ
verb-insert = 挿入
verb-overwrite = 上書き
verb-append = 末尾に追加
verb-ontop = 最上部に配置

## Mixer
panel-mixer = ミキサー
cmd-panel-mixer = ミキサーを表示
mixer-empty = まだ音声がありません
mixer-empty-hint = 音声のあるトラックがタイムラインに置かれると、ここにストリップが現れます。
mixer-master = マスター
mixer-fader = { $name } の音量
mixer-gain = { $name } の音量（デシベル）
mixer-pan = { $name } のバランス
mixer-mute = { $name } をミュート
mixer-solo = { $name } をソロ
mixer-m = M
mixer-s = S
mixer-curve = 音量にキーフレームがあります。変更すると再生ヘッド位置に設定されます
meter = { $name } のレベル
meter-fine = { $name }：クリップなし
meter-clipped = { $name }：クリップしました。クリックでリセット

## Scopes
panel-scopes = スコープ
cmd-panel-scopes = スコープを表示
scopes-layout = スコープの数
scopes-1 = 1 つ
scopes-2 = 2 つ
scopes-4 = 4 つ
scope-choose = スコープ { $n }
scope-waveform = 波形
scope-waveform-about = 波形：左から右への明るさ（パーセントと 8 ビット値）
scope-parade = RGB パレード
scope-parade-about = RGB パレード：左から右への赤・緑・青（パーセントと 8 ビット値）
scope-vectorscope = ベクトルスコープ
scope-vectorscope-about = ベクトルスコープ：方向が色相、距離が彩度。75 % の枠と肌色の線つき
scope-histogram = ヒストグラム
scope-histogram-about = ヒストグラム：赤・緑・青の各値の頻度

## Files
cmd-browse = サーバーから読み込む
cmd-open-project = プロジェクトを開く
cmd-relink = 見つからないファイルを探す
uploads = アップロード
upload-waiting = 待機中
upload-sending = { $sent } / { $bytes }
upload-left = { $sent } / { $bytes }、残り { $left }
upload-paused = { $sent } / { $bytes } で一時停止中
upload-lost = { $sent } / { $bytes } で接続が切れました。再試行しています
upload-failed = 失敗
upload-importing = ファイルを読み取り中…
upload-pause = { $name } を一時停止
upload-resume = { $name } を再開
upload-retry = { $name } を再試行
upload-cancel = { $name } を中止
offline-count = { $count } 個のファイルが見つかりません
relink-find = 探す…
relink-different = 内容が異なる同名のファイルも使う
browse-import = サーバーから読み込む
browse-import-about = ファイルは元の場所に残ります。スペースで複数選択、Enter でフォルダーを開くかファイルを読み込みます。
browse-import-count =
    { $count ->
        [0] 読み込む
       *[other] { $count } 個を読み込む
    }
browse-media-only = メディアのみ
browse-project = プロジェクトを開く
browse-project-about = プロジェクトは、サーバーが使えるフォルダーにある JSON ファイルです。
browse-project-act = 開く
browse-relink = 見つからないファイルを探す
browse-relink-about = 見つからないファイルを探すフォルダーに移動してください。サブフォルダーも検索されます。
browse-relink-act = ここを検索
folder-up = 上のフォルダーへ
folder-path = フォルダー
folder-roots = サーバーのすべてのフォルダー
folder-filter = 絞り込み
folder-entries = ファイルとフォルダー
folder-empty = 選べるものがありません

## Jobs
job-cancelled = 中止しました
job-lost = 接続が切れたあと、状態が不明です
job-begins = 開始を待っています…
job-left = 残り { $left }
job-download = { $name } をダウンロード
job-again = { $name } を再試行
jobs-clear = 終了分を消去
download = ダウンロード

## Exports
export-about = 現在の状態の作品を書き出します。その間も編集を続けられます。書き出しは順番に処理されます。
export-presets = 書き出しの種類
export-missing = サーバーにこのエンコーダーがありません
export-range = 範囲
export-range-all = 作品全体
export-range-marked = イン点からアウト点まで
export-quality = 画質
export-quality-about = 小さいほど高画質
export-loudness = ラウドネス
export-loudness-none = ミックスのまま
export-loudness-lufs = { $value } LUFS
export-exists-hint = 別の名前にするか、「既存を置き換え」をオンにしてください
export-queue = キューに追加
export-waiting = { $count } 件を書き出し中
export-preset-web = H.264
export-preset-web-about = MP4、ウェブとあらゆる機器向け
export-preset-small = H.265
export-preset-small-about = MP4、同画質でより小さく
export-preset-draft = ドラフト
export-preset-draft-about = 半分の大きさで素早く
export-preset-webm = VP9
export-preset-webm-about = WebM、透明も可
export-preset-av1 = AV1
export-preset-av1-about = MP4、最小だが低速
export-preset-prores = ProRes
export-preset-prores-about = QuickTime、後の編集向け
export-preset-dnxhr = DNxHR
export-preset-dnxhr-about = QuickTime、後の編集向け
export-preset-lossless = ロスレス
export-preset-lossless-about = FFV1 と FLAC、Matroska
export-preset-wav = WAV
export-preset-wav-about = 音声のみ、非圧縮
export-preset-flac = FLAC
export-preset-flac-about = 音声のみ、可逆圧縮
export-preset-podcast = MP3
export-preset-podcast-about = 音声のみ、−16 LUFS

## Library
tab-titles = タイトル
title-add = 再生ヘッド位置に追加
title-params = { $name } の内容
title-choose = タイトルを選んで内容を入力してください
