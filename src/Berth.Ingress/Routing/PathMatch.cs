namespace Berth.Ingress.Routing;

/// <summary>Which paths a route takes.</summary>
/// <param name="Path">Begins with "/"; a prefix has no "/" at its end, save that of everything, which is empty.</param>
internal readonly record struct PathMatch(string Path, bool IsExact)
{
    public static readonly PathMatch Everything = new("", false);

    public static PathMatch Exact(string path) => new(path, true);

    /// <summary>By whole elements: "/a" takes "/a", "/a/" and "/a/b", not "/ab". A "/" at the prefix's end says nothing.</summary>
    public static PathMatch Prefix(string path) => new(path.TrimEnd('/'), false);

    public bool Matches(string path) => IsExact
        ? path == Path
        : path.StartsWith(Path, StringComparison.Ordinal) && (path.Length == Path.Length || path[Path.Length] == '/');
}
