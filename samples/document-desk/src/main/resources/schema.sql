create table if not exists desk_document (
    id uuid primary key,
    owner varchar(100) not null,
    name varchar(255) not null,
    media_type varchar(200) not null,
    bytes bigint not null,
    characters integer not null,
    tokens integer not null,
    state varchar(10) not null,
    message varchar(1000),
    created timestamp with time zone not null,
    content text not null
);
create index if not exists desk_document_owner on desk_document (owner, created);
