## Mixer: strips, effects and ways of sound
mixer-add-bus = バス
mixer-bus-name = バス { $n }
mixer-remove-bus = バスを削除
mixer-rename = { $name } の新しい名前
mixer-menu = { $name } のメニュー
mixer-shown = 表示するもの
mixer-show-inserts = ストリップのエフェクト
mixer-show-sends = センド
mixer-show-rack = 選択したエフェクトのパラメータ
mixer-show-analysis = スペクトルと位相相関
mixer-inserts = エフェクト
mixer-inserts-of = { $name } のエフェクト
mixer-add-effect = { $name } にエフェクトを追加
mixer-insert-hint = { $name }：クリックでパラメータを表示、ドラッグまたは Alt と矢印キーで移動
mixer-sends = センド
mixer-sends-of = { $name } のセンド
mixer-add-send = { $name } にセンドを追加
mixer-no-bus = 送れるバスがありません
mixer-output = { $name } の出力先
send-bus = { $name } のセンド { $n } のバス
send-gain = { $name } から { $bus } へのセンド
send-gain-db = { $name } から { $bus } へのセンド（デシベル）
send-pre = PRE（フェーダーの前）：{ $bus } へのセンド
send-pre-short = PRE
send-is-pre = フェーダーの前
send-is-post = フェーダーの後
send-remove = { $bus } へのセンドを削除
mixer-rack = エフェクト
mixer-rack-empty = エフェクトが選択されていません
mixer-rack-empty-hint = ストリップのエフェクトをクリックすると、ここで変更できます。

## Analysis of the output
analysis = 出力の解析
analysis-spectrum = スペクトル
analysis-spectrum-about = 20 Hz から 20 kHz までの出力のスペクトル（フルスケールに対するデシベル）
analysis-correlation = 位相相関
analysis-correlation-about = 左右がどれだけ同じか：+1 はモノラル、0 未満はモノラルにすると打ち消し合います

## Sound effects
tab-sounds = サウンド
select-heard-first = 先にタイムラインで音のあるクリップを選択してください
section-sound-effects = サウンドエフェクト
sound-effects-empty = 音量、フェード、パンの前に音を変えます。
sound-effect-add = サウンドエフェクトを追加
effect-reset = { $field } を元に戻す
effect-reset-all = { $name } をすべて元に戻す
effect-key-own = 変化させる音そのもの
pick-search = 検索
sound-family-level = レベル
sound-family-dynamics = ダイナミクス
sound-family-filter = イコライザとフィルタ
sound-family-space = 空間
sound-family-modulation = モジュレーション
sound-family-color = 音色
sound-family-channels = チャンネル
sound-family-repair = 修復
