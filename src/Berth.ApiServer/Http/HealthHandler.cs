using System.Text;

namespace Berth.ApiServer.Http;

/// <summary>One thing that must be well.</summary>
/// <param name="Check">Null when all is well, else what is wrong.</param>
public sealed record HealthCheck(string Name, Func<string?> Check);

/// <summary>
/// <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c>: all checks together, or one by its name below the path. With
/// <c>?verbose</c> each check has a line, <c>?exclude</c> leaves some out.
/// </summary>
public sealed class HealthHandler(string name, IReadOnlyList<HealthCheck> checks) : IApiHandler
{
    public Task HandleAsync(ApiRequest request)
    {
        var path = request.Info.Path.TrimEnd('/');
        if (path.Length > name.Length + 1)
        {
            var wanted = path[(name.Length + 2)..];
            var found = checks.FirstOrDefault(c => c.Name == wanted) ?? throw ApiStatusException.UnknownPath();
            return found.Check() is { } problem
                ? TextAsync(request, 500, $"internal server error: {problem}\n")
                : TextAsync(request, 200, "ok");
        }

        var excluded = request.Query["exclude"].Where(e => e is not null).ToHashSet();
        var text = new StringBuilder();
        var failed = new List<string>();
        foreach (var check in checks)
        {
            if (excluded.Remove(check.Name))
            {
                text.Append("[+]").Append(check.Name).Append(" excluded: ok\n");
            }
            else if (check.Check() is null)
            {
                text.Append("[+]").Append(check.Name).Append(" ok\n");
            }
            else
            {
                // The reason stays in the server's log: these paths are open to all.
                failed.Add(check.Name);
                text.Append("[-]").Append(check.Name).Append(" failed: reason withheld\n");
            }
        }

        if (excluded.Count > 0)
            text.Append("warn: some health checks cannot be excluded: no matches for ").AppendJoin(", ", excluded.Select(e => $"\"{e}\"")).Append('\n');
        if (failed.Count > 0)
            return TextAsync(request, 500, text.Append(name).Append(" check failed\n").ToString());
        return TextAsync(request, 200, request.Query.ContainsKey("verbose") ? text.Append(name).Append(" check passed\n").ToString() : "ok");
    }

    private static Task TextAsync(ApiRequest request, int code, string text)
    {
        request.Http.Response.Headers.XContentTypeOptions = "nosniff";
        return ResponseWriter.BytesAsync(request.Http, code, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
    }
}
