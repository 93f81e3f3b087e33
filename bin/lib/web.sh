# HTTP for a WordPress site, on loopback.

# sm_fpm_start SITE PORT WORKERS: php-fpm with so many workers behind nginx, both in SM_WORK.
# The master's id: SM_WORK/fpm.pid. Logs: SM_WORK/fpm.log, nginx.log, access.log (times with milliseconds).
sm_fpm_start() {
	local site=$1 port=$2 workers=$3 root=() line=
	# php-fpm refuses to be root unless told so; nginx drops to "nobody", who could not reach the site, unless told so.
	[ "$SM_USER" != root ] || {
		root=(-R)
		line='user root;'
	}
	cat >"$SM_WORK/fpm.conf" <<-CONF
		[global]
		error_log = $SM_WORK/fpm.log
		pid = $SM_WORK/fpm.pid
		daemonize = no
		[site]
		${root:+user = root
		group = root}
		listen = $SM_WORK/fpm.sock
		listen.backlog = 511
		pm = static
		pm.max_children = $workers
		clear_env = no
		catch_workers_output = yes
	CONF
	cat >"$SM_WORK/nginx.conf" <<-CONF
		$line
		daemon off;
		worker_processes 1;
		pid $SM_WORK/nginx.pid;
		events { worker_connections 1024; }
		http {
			include /etc/nginx/mime.types;
			client_body_temp_path $SM_WORK/nginx-body;
			fastcgi_temp_path $SM_WORK/nginx-fastcgi;
			proxy_temp_path $SM_WORK/nginx-proxy;
			scgi_temp_path $SM_WORK/nginx-scgi;
			uwsgi_temp_path $SM_WORK/nginx-uwsgi;
			client_max_body_size 16m;
			log_format times '\$msec \$request_time \$status \$request';
			access_log $SM_WORK/access.log times;
			server {
				listen 127.0.0.1:$port backlog=511;
				root $site;
				index index.php;
				location / { try_files \$uri \$uri/ /index.php?\$args; }
				location ~ \.php$ {
					include /etc/nginx/fastcgi_params;
					# Debian's file sends the host without its port.
					fastcgi_param HTTP_HOST \$http_host;
					fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
					fastcgi_read_timeout 120s;
					fastcgi_pass unix:$SM_WORK/fpm.sock;
				}
			}
		}
	CONF
	sm_spawn fpm "php-fpm${SM_PHP#php}" -F "${root[@]}" -y "$SM_WORK/fpm.conf"
	sm_spawn nginx nginx -c "$SM_WORK/nginx.conf" -e "$SM_WORK/nginx.log"
	sm_web_wait "$port" fpm
}

# sm_php_server_start SITE PORT: PHP's own server with four workers; needs no package besides php-cli.
sm_php_server_start() {
	sm_spawn web env PHP_CLI_SERVER_WORKERS=4 "$SM_PHP" -S "127.0.0.1:$2" -t "$1" "$SM_ROOT/bin/lib/router.php"
	sm_web_wait "$2" web
}

# sm_web_wait PORT NAME: until WordPress answers there (a static file would not tell whether PHP is up behind nginx); else the
# log of server NAME is printed, and the end.
sm_web_wait() {
	# shellcheck disable=SC2016
	sm_await 15 "$SM_PHP" -n -r '$c = stream_context_create(["http" => ["timeout" => 5]]);
		exit(@file_get_contents("http://127.0.0.1:$argv[1]/wp-login.php", false, $c) === false ? 1 : 0);' "$1" || {
		tail -n 20 "$SM_WORK/$2.log" "$SM_WORK/debug.log" >&2 || true
		sm_die "http://127.0.0.1:$1/wp-login.php does not answer within 15 s"
	}
}
