"""Pictures: decoded and encoded anew, so that nothing is left but what can be seen. Where a photograph was taken,
by which telephone, and whatever hides behind the picture's end, goes."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from services.visits.files.rules import JPEG, PNG, WEBP, Refused

PIXELS = 50_000_000  # 150 MB decoded; a telephone's camera makes 12 to 50 million
THUMBNAIL = 320

_FORMAT = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_MODES = {JPEG: ("L", "RGB"), PNG: ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), WEBP: ("RGB", "RGBA")}


def cleaned(raw: bytes, type_: str) -> tuple[bytes, bytes]:
    """The picture encoded anew and upright, and a small one in WebP. Raises Refused."""
    try:
        with Image.open(io.BytesIO(raw), formats=[_FORMAT[type_]]) as picture:
            if picture.width * picture.height > PIXELS:
                raise Refused(f"The picture has more than {PIXELS // 1_000_000} million pixels.")
            profile = picture.info.get("icc_profile")
            transparency = picture.info.get("transparency")
            upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("The picture unpacks to far more than its size.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refused("The picture is broken.") from error
    upright.info = {"transparency": transparency} if transparency is not None and upright.mode == "P" else {}
    return _encoded(upright, type_, profile), _thumbnail(upright)


def _encoded(picture: Image.Image, type_: str, profile: bytes | None) -> bytes:
    if picture.mode not in _MODES[type_]:
        seen_through = picture.has_transparency_data and type_ != JPEG
        picture, profile = picture.convert("RGBA" if seen_through else "RGB"), None
    out = io.BytesIO()
    settings = {"quality": 88} if type_ != PNG else {}
    # Colours need the profile; it says nothing of where or by whom.
    picture.save(out, _FORMAT[type_], icc_profile=profile, exif=b"", **settings)
    return out.getvalue()


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    small.info = {}
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()
