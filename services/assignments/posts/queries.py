"""Reading posts."""

from sqlalchemy import select

from services.assignments.posts.model import Post, Step

# Every post, with the step it is asked from if any: one small statement, so nothing has to be cached.
WITH_STEPS = select(
    Post.code, Post.name_vi, Post.name_en, Post.attached_to, Post.above, Post.source, Step.step, Step.position
).outerjoin(Step, Step.post_code == Post.code)
