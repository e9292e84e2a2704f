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
