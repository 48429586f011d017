//! One table for each family of grammars: a text, and what is shown of it.

use super::super::Redactor;

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    let redactor = Redactor::default();
    for (text, shown) in cases {
        assert_eq!(redactor.text(text), *shown, "{text}");
        assert_eq!(redactor.text(shown), *shown, "twice: {text}");
    }
}

#[test]
fn keys_and_values_in_any_notation() {
    check(&[
        ("password=s3cr3t rest", "password=[REDACTED] rest"),
        (
            "password = two s3cr3t\nport = 5",
            "password = [REDACTED]\nport = 5",
        ),
        ("password:\ts3cr3t", "password:\t[REDACTED]"),
        ("password\t=\ts3cr3t", "password\t=\t[REDACTED]"),
        (
            "password := \"s3cr3t\", id := 1",
            "password := \"[REDACTED]\", id := 1",
        ),
        ("password != \"s3cr3t\"", "password != \"[REDACTED]\""),
        (
            ":password => 's3cr3t', :id => 1",
            ":password => '[REDACTED]', :id => 1",
        ),
        ("password -> s3cr3t", "password -> [REDACTED]"),
        ("password：s3cr3t", "password：[REDACTED]"),
        ("API key: s3cr3t", "API key: [REDACTED]"),
        ("**Password:** s3cr3t", "**Password:[REDACTED]"),
        ("the password is: s3cr3t", "the password is: [REDACTED]"),
        (
            "user=bob, password=s3cr3t, host=x",
            "user=bob, password=[REDACTED], host=x",
        ),
        (
            "(user=bob password=s3cr3t)",
            "(user=bob password=[REDACTED])",
        ),
        ("tokens=a,s3cr3t,c x", "tokens=[REDACTED] x"),
        ("PASSWORD=a&s3cr3t PORT=5", "PASSWORD=[REDACTED] PORT=5"),
        (
            "export DB_PASSWORD='a'\\''s3cr3t' PORT=5",
            "export DB_PASSWORD=[REDACTED] PORT=5",
        ),
        (
            "Server=db;Password=\"a;s3cr3t\";Encrypt=true",
            "Server=db;Password=\"[REDACTED]\";Encrypt=true",
        ),
        (
            "Driver=x;Pwd={a;s3cr3t};Server=db",
            "Driver=x;Pwd=[REDACTED];Server=db",
        ),
        ("token=[REDACTED]s3cr3t b", "token=[REDACTED] b"),
    ]);
}

#[test]
fn strings_end_where_their_quotes_do() {
    check(&[
        (
            "password: \"ab\\\"s3cr3t\" rest",
            "password: \"[REDACTED]\" rest",
        ),
        ("password='it''s s3cr3t' rest", "password=[REDACTED] rest"),
        ("password: `a s3cr3t`, x", "password: `[REDACTED]`, x"),
        ("password: b\"a s3cr3t\", x", "password: b\"[REDACTED]\", x"),
        (
            "password = \"\"\"\ns3cr3t\"\"\"\nx = 1",
            "password = \"\"\"[REDACTED]\"\"\"\nx = 1",
        ),
        ("password=\"cut off s3cr3t", "password=\"[REDACTED]"),
        (
            "cmd \"password='a s3cr3t' x\"",
            "cmd \"password='[REDACTED]' x\"",
        ),
        (
            "upstream said \"{\\\"password\\\":\\\"s3cr3t\\\",\\\"id\\\":1}\"",
            "upstream said \"{\\\"password\\\":\\\"[REDACTED]\\\",\\\"id\\\":1}\"",
        ),
        (
            "\"{\\\"a\\\":\\\"{\\\\\\\"password\\\\\\\":\\\\\\\"s3cr3t\\\\\\\",\\\\\\\"b\\\\\\\":1}\\\"}\"",
            "\"{\\\"a\\\":\\\"{\\\\\\\"password\\\\\\\":\\\\\\\"[REDACTED]\\\\\\\",\\\\\\\"b\\\\\\\":1}\\\"}\"",
        ),
        (
            "'{\"password\": \"s3cr3t\"}'",
            "'{\"password\": \"[REDACTED]\"}'",
        ),
        (
            "r#\"{\"password\": \"s3cr3t\", \"id\": 1}\"#",
            "r#\"{\"password\": \"[REDACTED]\", \"id\": 1}\"#",
        ),
    ]);
}

#[test]
fn debug_output_of_rust_and_of_others() {
    check(&[
        (
            "Config { user: \"a\", password: Some(\"two, s3cr3t\"), port: 5 }",
            "Config { user: \"a\", password: [REDACTED], port: 5 }",
        ),
        (
            "Config {\n    password: Some(\n        \"s3cr3t\",\n    ),\n    port: 5,\n}",
            "Config {\n    password: [REDACTED],\n    port: 5,\n}",
        ),
        (
            "Config { secret_key: [115, 51, 99], port: 5 }",
            "Config { secret_key: [REDACTED], port: 5 }",
        ),
        (
            "Config { credentials: Creds { user: \"a\", key: \"s3cr3t\" }, port: 5 }",
            "Config { credentials: [REDACTED], port: 5 }",
        ),
        (
            "Config { tokens: [\"a\", \"s3cr3t\"], max_tokens: Some(5) }",
            "Config { tokens: [REDACTED], max_tokens: Some(5) }",
        ),
        (
            "session: Session { id: \"s3cr3t\", hits: 5 }",
            "session: Session { id: \"[REDACTED]\", hits: 5 }",
        ),
        (
            "[(\"user\", \"a\"), (\"password\", \"s3cr3t\")]",
            "[(\"user\", \"a\"), (\"password\", \"[REDACTED]\")]",
        ),
        (
            "Login(Password(\"s3cr3t\"))",
            "Login(Password(\"[REDACTED]\"))",
        ),
        (
            "Header { name: \"authorization\", value: \"Bearer s3cr3t\" }",
            "Header { name: \"authorization\", value: \"[REDACTED]\" }",
        ),
        (
            "{User:a Password:two s3cr3t Port:5}",
            "{User:a Password:[REDACTED] Port:5}",
        ),
        (
            "map[password:s3cr3t user:a]",
            "map[password:[REDACTED] user:a]",
        ),
        (
            "stdClass Object ( [password] => s3cr3t [user] => a )",
            "stdClass Object ( [password] => [REDACTED] [user] => a )",
        ),
        (
            "[\"password\"]=>\n  string(6) \"s3cr3t\"",
            "[\"password\"]=>\n  string(6) \"[REDACTED]\"",
        ),
        (
            "a:1:{s:8:\"password\";s:6:\"s3cr3t\";}",
            "a:1:{s:8:\"password\";s:6:\"[REDACTED]\";}",
        ),
    ]);
}

#[test]
fn headers_are_hidden_to_the_end_of_their_line() {
    check(&[
        (
            "Authorization: ApiKey s3cr3t, x\nHost: h",
            "Authorization: [REDACTED]\nHost: h",
        ),
        (
            "curl -H 'Authorization: ApiKey s3cr3t' https://h",
            "curl -H 'Authorization: [REDACTED]' https://h",
        ),
        (
            "Cookie: theme=dark; sid=s3cr3t\nHost: h",
            "Cookie: [REDACTED]\nHost: h",
        ),
        ("set-cookie: sid=s3cr3t; Path=/", "set-cookie: [REDACTED]"),
        (
            "Stripe-Signature: t=1,v1=s3cr3t,v0=a",
            "Stripe-Signature: [REDACTED]",
        ),
        (
            "\"authorization: Token s3cr3t\\r\\nhost: h\\r\\n\"",
            "\"authorization: [REDACTED]\\r\\nhost: h\\r\\n\"",
        ),
        (
            "{\"cookie\": \"a=s3cr3t; b=c\", \"host\": \"h\"}",
            "{\"cookie\": \"[REDACTED]\", \"host\": \"h\"}",
        ),
        (
            "WWW-Authenticate: Bearer realm=\"api\"",
            "WWW-Authenticate: Bearer realm=\"api\"",
        ),
    ]);
}

#[test]
fn urls_lose_user_info_and_the_values_of_sensitive_parameters() {
    check(&[
        (
            "postgres://app:s3cr3t@db:5432/shop refused",
            "postgres://[REDACTED]@db:5432/shop refused",
        ),
        (
            "postgres://app:ab/s3cr3t@db:5432/shop: invalid port number",
            "postgres://[REDACTED]@db:5432/shop: invalid port number",
        ),
        (
            "postgres://app:ab s3cr3t@db:5432/shop",
            "postgres://[REDACTED]@db:5432/shop",
        ),
        (
            "postgres://a:s3cr3t@h1,b:s3cr3t@h2/db",
            "postgres://[REDACTED]@h2/db",
        ),
        ("https:/me:s3cr3t@host/", "https:/[REDACTED]@host/"),
        (
            "app:s3cr3t@tcp(db:3306)/shop: refused",
            "app:[REDACTED]@tcp(db:3306)/shop: refused",
        ),
        (
            "jdbc:oracle:thin:app/s3cr3t@//db:1521/x",
            "jdbc:oracle:thin:app/[REDACTED]@//db:1521/x",
        ),
        (
            "GET https://h/a?x=1&access_token=s3cr3t&y=2#z failed",
            "GET https://h/a?x=1&access_token=[REDACTED]&y=2#z failed",
        ),
        (
            "/login?next=https%3A%2F%2Fh%2F%3Ftoken%3Ds3cr3t%26x%3D1&y=2",
            "/login?next=https%3A%2F%2Fh%2F%3Ftoken%3D[REDACTED]%26x%3D1&y=2",
        ),
        (
            "/a?user%5Bpassword%5D=s3cr3t%26x&y=2",
            "/a?user%5Bpassword%5D=[REDACTED]&y=2",
        ),
        (
            "/graphql?variables=%7B%22pin%22%3A1234%2C%22a%22%3A1%7D",
            "/graphql?variables=%7B%22pin%22%3A%22[REDACTED]%22%2C%22a%22%3A1%7D",
        ),
        ("/cb?code=s3cr3t&state=1", "/cb?code=[REDACTED]&state=1"),
        ("/cb?code=E17", "/cb?code=E17"),
        ("/a;jsessionid=s3cr3t?x=1", "/a;jsessionid=[REDACTED]?x=1"),
        (
            "https://hooks.slack.com/services/T0/B0/s3cr3t failed",
            "https://hooks.slack.com/services/[REDACTED] failed",
        ),
        (
            "http://db.example.com:5432/shop",
            "http://db.example.com:5432/shop",
        ),
        (
            "https://medium.com/@someone/post",
            "https://medium.com/@someone/post",
        ),
        ("ssh://git@github.com/a/b", "ssh://git@github.com/a/b"),
    ]);
}

#[test]
fn xml_and_yaml() {
    check(&[
        (
            "<user>a</user><password>s3cr3t</password>",
            "<user>a</user><password>[REDACTED]</password>",
        ),
        (
            "<db user=\"a\" password=\"s3cr3t\"/>",
            "<db user=\"a\" password=\"[REDACTED]\"/>",
        ),
        (
            "<add key=\"password\" value=\"s3cr3t\"/><b/>",
            "<add key=\"password\" value=\"[REDACTED]\"/><b/>",
        ),
        (
            "<property name=\"db.password\">s3cr3t</property>",
            "<property name=\"db.password\">[REDACTED]</property>",
        ),
        (
            "<wsse:Password Type='x'><![CDATA[s3cr3t]]></wsse:Password>",
            "<wsse:Password Type='x'><![CDATA[[REDACTED]]]></wsse:Password>",
        ),
        (
            "db:\n  password: s3cr3t\n  port: 5",
            "db:\n  password: [REDACTED]\n  port: 5",
        ),
        (
            "password: |\n  a\n  s3cr3t\nport: 5",
            "password: |\n  [REDACTED]\nport: 5",
        ),
        (
            "tokens:\n  - a\n  - s3cr3t\nport: 5",
            "tokens:\n  [REDACTED]\nport: 5",
        ),
        (
            "- name: DB_PASSWORD\n  value: s3cr3t\n- name: PORT\n  value: 5",
            "- name: DB_PASSWORD\n  value: [REDACTED]\n- name: PORT\n  value: 5",
        ),
    ]);
}

#[test]
fn sql_and_what_databases_say() {
    check(&[
        (
            "INSERT INTO users (email, password) VALUES ('a@b', 's3cr3t'), ('c', 's3cr3t') RETURNING id",
            "INSERT INTO users (email, password) VALUES ('a@b', '[REDACTED]'), ('c', '[REDACTED]') RETURNING id",
        ),
        (
            "ALTER USER app WITH PASSWORD 's3cr3t' VALID UNTIL 'x'",
            "ALTER USER app WITH PASSWORD '[REDACTED]' VALID UNTIL 'x'",
        ),
        (
            "CREATE USER a IDENTIFIED BY 's3cr3t'",
            "CREATE USER a IDENTIFIED BY '[REDACTED]'",
        ),
        (
            "UPDATE users SET password = 's3cr3t' WHERE id = 1",
            "UPDATE users SET password = '[REDACTED]' WHERE id = 1",
        ),
        (
            "Key (tenant_id, api_token)=(1, s3cr3t) already exists.",
            "Key (tenant_id, api_token)=[REDACTED] already exists.",
        ),
        (
            "WHERE password = $1 AND a = $2 binds: [\"s3cr3t\", \"a\"]",
            "WHERE password = $1 AND a = $2 binds: [REDACTED]",
        ),
        (
            "column \"token\" of relation \"sessions\" does not exist",
            "column \"token\" of relation \"sessions\" does not exist",
        ),
    ]);
}

#[test]
fn command_lines_and_forms() {
    check(&[
        (
            "mysql --user app --password s3cr3t -h db",
            "mysql --user app --password [REDACTED] -h db",
        ),
        (
            "app -Password 's3cr3t' run",
            "app -Password '[REDACTED]' run",
        ),
        (
            "curl -u app:s3cr3t https://h",
            "curl -u app:[REDACTED] https://h",
        ),
        (
            "machine h login a password s3cr3tV4lue",
            "machine h login a password [REDACTED]",
        ),
        (
            "docker run --user 1000:1000 x",
            "docker run --user 1000:1000 x",
        ),
        ("use --password or --token", "use --password or --token"),
        (
            "Content-Disposition: form-data; name=\"password\"\r\n\r\ns3cr3t\r\n--x",
            "Content-Disposition: form-data; name=\"password\"\r\n\r\n[REDACTED]\r\n--x",
        ),
    ]);
}

#[test]
fn secrets_without_a_key() {
    check(&[
        (
            "key:\n-----BEGIN EC PRIVATE KEY-----\ns3cr3t\n-----END EC PRIVATE KEY-----\nrest",
            "key:\n[REDACTED]\nrest",
        ),
        (
            "sent Bearer s3cr3tV4lue to upstream",
            "sent Bearer [REDACTED] to upstream",
        ),
        (
            "decoding eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s3cr3t failed",
            "decoding [REDACTED] failed",
        ),
        (
            "card 4111 1111 1111 1111 declined",
            "card [REDACTED] declined",
        ),
        (
            "order 4111111111111112 declined",
            "order 4111111111111112 declined",
        ),
        ("bearer token missing", "bearer token missing"),
    ]);
}

#[test]
fn what_says_nothing_secret_is_returned_as_it_was() {
    let redactor = Redactor::default();
    for text in [
        r#"password is required"#,
        r#"password: must be at least 8 characters"#,
        r#"password: too short (minimum 8)"#,
        r#"password: is too short"#,
        r#"password can't be blank"#,
        r#"token: expired"#,
        r#"token: signature has expired"#,
        r#"token has expired"#,
        r#"invalid token: ExpiredSignature"#,
        r#"invalid token: not a JWT"#,
        r#"missing token: header is empty"#,
        r#"unexpected token: `}` at line 3"#,
        r#"expected token: ident"#,
        r#"next token: Ident("x")"#,
        r#"jwt: InvalidSignature"#,
        r#"JWT error: ExpiredSignature"#,
        r#"saml: clock skew of 5s"#,
        r#"auth: denied"#,
        r#"auth: user bob not found"#,
        r#"csrf: token mismatch"#,
        r#"session: closed by peer"#,
        r#"401 Unauthorized: role admin is missing"#,
        r#"opening /etc/passwd: permission denied"#,
        r#"/etc/passwd: No such file or directory (os error 2)"#,
        r#"let session = store.load(id)?;"#,
        r#"session: Arc<Session>,"#,
        r#"token: Token,"#,
        r#"pub token: Option<String>,"#,
        r#"token: &str"#,
        r#"let token = Token::new();"#,
        r#"fn verify(token: &str, key: &Key) -> bool {"#,
        r#"registry/auth:v1.2"#,
        r#"pull registry.io/auth:latest failed"#,
        r#"auth:8080"#,
        r#"/v1/token:refresh"#,
        r#"/session:42/x"#,
        r#"at login (/app/auth.js:10:3)"#,
        r#"panicked at src/session.rs:12:5:"#,
        r#"app::auth::Error: no such user"#,
        r#"<auth::Token as core::fmt::Debug>::fmt"#,
        r#"core::result::Result<alloc::string::String, app::session::Error>"#,
        r#"token.actions.example.com:8443"#,
        r#"max_tokens: 4096"#,
        r#"{"max_tokens":4096,"prompt_tokens":12,"token_type":"bearer"}"#,
        r#"jwt_issuer=https://x"#,
        r#"auth.method=oidc"#,
        r#"session_timeout=30m"#,
        r#"session_ttl: 3600"#,
        r#"secretary: Bob"#,
        r#"access_node=3"#,
        r#"sort_key=name"#,
        r#"partition_key: id"#,
        r#"cache_key=user:5"#,
        r#"duplicate key: 5"#,
        r#"unknown key: foo"#,
        r#"missing key: foo"#,
        r#"no such key: foo"#,
        r#"invalid key: foo"#,
        r#"the key: foo"#,
        r#"public_key=abc"#,
        r#"error_code=E17"#,
        r#"status_code: 404"#,
        r#"country_code=DE"#,
        r#"zip code: 12345"#,
        r#"exit code: 1"#,
        r#"code=E17"#,
        r#"/a?code=E17"#,
        r#"code: E0308"#,
        r#"sig: SIGTERM"#,
        r#"key=5"#,
        r#"order number: 17"#,
        r#"phone number: 17"#,
        r#"connection string is empty"#,
        r#"query string: a=b"#,
        r#"string: abc"#,
        r#"12:30:45.123 INFO x: y"#,
        r#"2026-01-01T00:00:00Z"#,
        r#"{"a":"b:c","d":[1,2,{"e":"f=g"}]}"#,
        r#"thread 'session' panicked"#,
        r#"Error: Custom { kind: Other, error: "x" }"#,
        r#"called `Result::unwrap()` on an `Err` value: "x""#,
        r#"assertion failed: token.is_none()"#,
        r#"http://localhost:8080/a?b=c"#,
        r#"http://[::1]:8080/a"#,
        r#"https://example.com/a@b"#,
        r#"https://example.com:443/x?mail=a@b.c"#,
        r#"mailto:a@b.c"#,
        r#"contact:me@example.com"#,
        r#"docker.io/lib/img:tag@sha256:0123456789abcdef"#,
        r#"npm:foo@1.2.3"#,
        r#"ssh://git@github.com/a/b"#,
        r#"git@github.com:a/b.git"#,
        r#"user 1000:1000"#,
        r#"docker run --user 1000:1000 x"#,
        r#"id=4111111111111112"#,
        r#"1234567890123456"#,
        r#"trace 4bf92f3577b34da6a3ce929d0e0e4736"#,
        r#"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"#,
        r#"basic auth failed"#,
        r#"Basic authentication required"#,
        r#"bearer token missing"#,
        r#"Bearer error="invalid_token""#,
        r#"values (1, 2)"#,
        r#"INSERT INTO t (a, b) VALUES ('x', 'y')"#,
        r#"column "password" of relation "users" does not exist"#,
        r#"null value in column "token" violates not-null constraint"#,
        r#"missing field `password` at line 1 column 5"#,
        r#"unknown field `token`, expected `user` or `password`"#,
        r#"invalid type: string "x", expected u64"#,
        r#"error: token not found: abc"#,
        r#"CSRF token missing"#,
        r#"session not found"#,
        r#"password=$1"#,
        r#"WHERE password = ?"#,
        r#"WHERE token = $2 AND x = 1"#,
        r#"--password is required"#,
        r#"use --password or --token"#,
        r#"--token <TOKEN>"#,
        r#"credentials: missing"#,
        r#"credentials: none found"#,
        r#"secrets: 0"#,
        r#"cookie_name=sid"#,
        r#"session_name: x"#,
        r#"secret_version=3"#,
        r#"token_count: 5"#,
        r#"password_length: 8"#,
        r#"password_min_length=8"#,
        r#"password_strength: weak"#,
        r#"password_required=true"#,
        r#"has_password: false"#,
        r#"signature_version=4"#,
        r#"signed_headers=host"#,
        r#"author: token"#,
        r#"tokens: 5"#,
        r#"tokens per second: 20.5"#,
        r#"{"errors":{"password":["is too short"]}}"#,
        r#"{"password":["must not be empty"]}"#,
        r#"{"token":null,"password":null}"#,
        r#"{"required":["password","email"]}"#,
        r#"fields: ["password","token"]"#,
        r#"pin: none"#,
        r#"bypass=1"#,
        r#"compass: north"#,
        r#"boarding_pass=x"#,
        r#"pass: 12 fail: 3"#,
        r#"tests passed: 3"#,
        r#"spinning: yes"#,
        r#"pinned: yes"#,
        r#"typing=1"#,
        r#"otpauth is off"#,
        r#"salted: yes"#,
        r#"secret santa list"#,
        r#"GET /users/{token}/x"#,
        r#"GET /reset/:token"#,
        r#"POST /auth/login 401"#,
        r#"/oauth/token"#,
        r#"/oauth/token?grant_type=client_credentials"#,
        r#"Retry-After: 5"#,
        r#"Content-Type: application/json"#,
        r#"Set-Cookie2 unsupported"#,
        r#"x-ratelimit-reset: 17"#,
        r#"x-request-id: 01a20084-d60c-70bd-80b7-4bf07983e3de"#,
        r#"etag: "abc123def456""#,
        r#"fingerprint panic src/auth.rs:42:13"#,
        r#"src/token/mod.rs:1:1"#,
        r#"src/auth.rs:42:13 in app::auth::login"#,
        r#"os error 111: connection refused"#,
        r#"token bucket: full"#,
        r#"key rotation: done"#,
        r#"sid: 5"#,
        r#"pool timed out"#,
        r#"TLS handshake: bad certificate"#,
        r#"-----BEGIN CERTIFICATE-----"#,
        r#"keep-alive: 5"#,
        r#"keyboard: x"#,
        r#"{"keyed":"x","monkey":"y","turnkey":"z"}"#,
        r#"passenger=1"#,
        r#"surpass: 5"#,
    ] {
        assert!(
            matches!(redactor.text(text), std::borrow::Cow::Borrowed(_)),
            "{text} -> {}",
            redactor.text(text)
        );
    }
}

#[test]
fn of_source_code_only_literals_after_sensitive_keys_are_hidden() {
    let redactor = Redactor::default();
    for (line, shown) in [
        (
            "let password = \"s3cr3t\";",
            "let password = \"[REDACTED]\";",
        ),
        (
            "    password: String::from(\"s3cr3t\"),",
            "    password: String::from(\"[REDACTED]\"),",
        ),
        ("const PIN: u32 = 1234;", "const PIN: u32 = 1234;"),
        ("let pin = 1234;", "let pin = [REDACTED];"),
        (
            "let session = store.load(id)?;",
            "let session = store.load(id)?;",
        ),
        ("    session: Arc<Session>,", "    session: Arc<Session>,"),
        (
            "password: hash(&form.password),",
            "password: hash(&form.password),",
        ),
        (
            "let password = std::env::var(\"DB_PASSWORD\")?;",
            "let password = std::env::var(\"DB_PASSWORD\")?;",
        ),
        (
            "connect(\"postgres://app:s3cr3t@db/shop\")",
            "connect(\"postgres://[REDACTED]@db/shop\")",
        ),
    ] {
        assert_eq!(redactor.source(line), shown);
    }
}
