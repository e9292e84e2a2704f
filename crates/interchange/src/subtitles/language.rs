//! Languages of subtitle files: what the name of a file says, and the codes of containers.
use std::path::Path;

/// ISO 639-1 and ISO 639-2/T: two letters and three, for every language that has both.
const CODES: &str = "aa=aar ab=abk ae=ave af=afr ak=aka am=amh an=arg ar=ara as=asm av=ava ay=aym az=aze ba=bak be=bel bg=bul \
                     bi=bis bm=bam bn=ben bo=bod br=bre bs=bos ca=cat ce=che ch=cha co=cos cr=cre cs=ces cu=chu cv=chv cy=cym \
                     da=dan de=deu dv=div dz=dzo ee=ewe el=ell en=eng eo=epo es=spa et=est eu=eus fa=fas ff=ful fi=fin fj=fij \
                     fo=fao fr=fra fy=fry ga=gle gd=gla gl=glg gn=grn gu=guj gv=glv ha=hau he=heb hi=hin ho=hmo hr=hrv ht=hat \
                     hu=hun hy=hye hz=her ia=ina id=ind ie=ile ig=ibo ii=iii ik=ipk io=ido is=isl it=ita iu=iku ja=jpn jv=jav \
                     ka=kat kg=kon ki=kik kj=kua kk=kaz kl=kal km=khm kn=kan ko=kor kr=kau ks=kas ku=kur kv=kom kw=cor ky=kir \
                     la=lat lb=ltz lg=lug li=lim ln=lin lo=lao lt=lit lu=lub lv=lav mg=mlg mh=mah mi=mri mk=mkd ml=mal mn=mon \
                     mr=mar ms=msa mt=mlt my=mya na=nau nb=nob nd=nde ne=nep ng=ndo nl=nld nn=nno no=nor nr=nbl nv=nav ny=nya \
                     oc=oci oj=oji om=orm or=ori os=oss pa=pan pi=pli pl=pol ps=pus pt=por qu=que rm=roh rn=run ro=ron ru=rus \
                     rw=kin sa=san sc=srd sd=snd se=sme sg=sag si=sin sk=slk sl=slv sm=smo sn=sna so=som sq=sqi sr=srp ss=ssw \
                     st=sot su=sun sv=swe sw=swa ta=tam te=tel tg=tgk th=tha ti=tir tk=tuk tl=tgl tn=tsn to=ton tr=tur ts=tso \
                     tt=tat tw=twi ty=tah ug=uig uk=ukr ur=urd uz=uzb ve=ven vi=vie vo=vol wa=wln wo=wol xh=xho yi=yid yo=yor \
                     za=zha zh=zho zu=zul";

/// Codes of ISO 639-2/B beside those of ISO 639-2/T, and FFmpeg's code of Swedish in QuickTime files.
const OLD_CODES: [(&str, &str); 21] = [
    ("alb", "sqi"),
    ("arm", "hye"),
    ("baq", "eus"),
    ("bur", "mya"),
    ("chi", "zho"),
    ("cze", "ces"),
    ("dut", "nld"),
    ("fre", "fra"),
    ("geo", "kat"),
    ("ger", "deu"),
    ("gre", "ell"),
    ("ice", "isl"),
    ("mac", "mkd"),
    ("mao", "mri"),
    ("may", "msa"),
    ("per", "fas"),
    ("rum", "ron"),
    ("slo", "slk"),
    ("sve", "swe"),
    ("tib", "bod"),
    ("wel", "cym"),
];

/// Languages that QuickTime's list has (QuickTime File Format, Language Code Values), by the codes of
/// ISO 639-2/T.
const QUICKTIME: &str = "amh ara asm aym aze bel ben bod bul cat ces cym dan deu dzo ell eng epo est eus fas fin fra grn guj heb hin \
                         hun hye ind isl ita jav jpn kan kas kat kaz khm kin kir kor kur lao lat lav lit mal mar mkd mlg mlt mon \
                         msa mya nep nld nor nya ori orm pol por pus que ron run rus san sin slk slv snd som spa sqi swa swe tam \
                         tat tel tgk tgl tha tir tuk tur uig ukr urd uzb vie yid zho";

fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    CODES.split_whitespace().filter_map(|pair| pair.split_once('='))
}

/// The BCP 47 tag of a language, in usual letters (`de`, `pt-BR`), from a tag or a code of three
/// letters (`deu`, `ger`); `None` if there is no such language.
pub fn language_tag(text: &str) -> Option<String> {
    let mut parts = text.trim().split(['-', '_']);
    let first = parts.next()?.to_ascii_lowercase();
    let new = OLD_CODES.iter().find(|(old, _)| *old == first).map_or(first.as_str(), |(_, new)| new);
    let primary = match new.len() {
        2 => pairs().find(|(two, _)| *two == new).map(|(two, _)| two.to_owned())?,
        3 => pairs().find(|(_, three)| *three == new).map(|(two, _)| two.to_owned())?,
        _ => return None,
    };
    let mut tag = primary;
    for part in parts {
        let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
        tag.push('-');
        match part.len() {
            2 if letters => tag.push_str(&part.to_ascii_uppercase()),
            3 if part.bytes().all(|b| b.is_ascii_digit()) => tag.push_str(part),
            4 if letters => {
                tag.push_str(&part[..1].to_ascii_uppercase());
                tag.push_str(&part[1..].to_ascii_lowercase());
            }
            _ => return None,
        }
    }
    Some(tag)
}

/// The code of ISO 639-2/T of a tag, `und` for a language that has none.
pub fn three_letters(tag: &str) -> &'static str {
    let first = language_tag(tag.split(['-', '_']).next().unwrap_or_default());
    first.and_then(|first| pairs().find(|(two, _)| *two == first)).map_or("und", |(_, three)| three)
}

/// The code by which FFmpeg writes a language into QuickTime files; `None` if they have none for it.
pub fn quicktime_letters(tag: &str) -> Option<&'static str> {
    let three = three_letters(tag);
    QUICKTIME.split_whitespace().find(|code| *code == three)?;
    if three == "swe" {
        return Some("sve");
    }
    // FFmpeg names these as ISO 639-2/T does, and the others as ISO 639-2/B does.
    let is_new = ["ces", "fra", "ron", "slk"].contains(&three);
    Some(OLD_CODES.iter().find(|(_, new)| *new == three && !is_new).map_or(three, |(old, _)| old))
}

/// The language that the name of a file says before its ending: `film.de.srt`, `film.pt-BR.forced.srt`.
pub fn language_of_name(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let mut parts: Vec<&str> = stem.split('.').skip(1).collect();
    while parts.last().is_some_and(|p| ["forced", "default", "sdh", "cc", "hi"].contains(&p.to_ascii_lowercase().as_str()))
        && parts.len() > 1
    {
        parts.pop();
    }
    parts.last().and_then(|p| language_tag(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_found_by_every_code_and_in_names() {
        assert_eq!(pairs().count(), 183);
        for (two, three) in pairs() {
            assert!(two.len() == 2 && three.len() == 3 && language_tag(three).as_deref() == Some(two), "{two}");
        }
        for (text, tag, three) in [
            ("de", Some("de"), "deu"),
            ("ger", Some("de"), "deu"),
            ("PT_br", Some("pt-BR"), "por"),
            ("zh-hant-tw", Some("zh-Hant-TW"), "zho"),
            ("cut", None, "und"),
            ("x", None, "und"),
            ("en-", None, "eng"),
        ] {
            assert_eq!((language_tag(text).as_deref(), three_letters(text)), (tag, three), "{text}");
        }
        assert_eq!(["de", "fr", "sv", "hr", "und"].map(quicktime_letters), [Some("ger"), Some("fra"), Some("sve"), None, None]);
        let of = |name: &str| language_of_name(Path::new(name));
        assert_eq!(
            ["a.de.srt", "/x/film.cut.en-GB.forced.vtt", "a.srt", "de.srt", "film.cut.srt"].map(of),
            [Some("de".into()), Some("en-GB".into()), None, None, None]
        );
    }
}
