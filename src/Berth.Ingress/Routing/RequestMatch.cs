using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Berth.Ingress.Routing;

/// <summary>What a route asks of a request besides host and path. All of it has to fit.</summary>
internal sealed record RequestMatch
{
    public static readonly RequestMatch Any = new();

    /// <summary>"http" or "https"; null: both.</summary>
    public string? Scheme { get; init; }

    public string? Method { get; init; }

    public ImmutableArray<ValueMatch> Headers { get; init; } = [];

    public ImmutableArray<ValueMatch> Query { get; init; } = [];

    public bool Matches(HttpRequest request) =>
        (Scheme is null || request.Scheme == Scheme)
        && (Method is null || request.Method == Method)
        && Headers.All(h => request.Headers.TryGetValue(h.Name, out var values) && h.Matches(values.ToString()))
        && Query.All(q => request.Query.TryGetValue(q.Name, out var values) && q.Matches(values.ToString()));
}

/// <param name="Pattern">Null: the value has to be just <paramref name="Value"/>.</param>
internal sealed record ValueMatch(string Name, string Value, Regex? Pattern)
{
    /// <summary>An expression that takes longer over one value is somebody's mistake, or attack.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(50);

    /// <exception cref="ArgumentException">Not a regular expression.</exception>
    public static ValueMatch Of(string name, string value, bool isPattern) =>
        new(name, value, isPattern ? new Regex($"^(?:{value})$", RegexOptions.CultureInvariant, Limit) : null);

    public bool Matches(string value)
    {
        try
        {
            return Pattern?.IsMatch(value) ?? value == Value;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
