namespace Berth.ApiServer.Strategies.Pods;

/// <summary>Reads the tag of an image reference, which decides how the image is pulled when nothing is said.</summary>
public static class ImageTag
{
    /// <summary>
    /// <c>latest</c> where neither tag nor digest is given; empty where only a digest is, or where the text is no image reference.
    /// </summary>
    public static string Of(string image)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? image : image[..at];
        var slash = name.LastIndexOf('/');
        var colon = name.IndexOf(':', slash + 1);
        var tag = colon < 0 ? "" : name[(colon + 1)..];
        var repository = colon < 0 ? name : name[..colon];
        if (repository.Length == 0 || !IsRepository(repository) || (colon >= 0 && tag.Length == 0))
            return "";
        return tag.Length == 0 && at < 0 ? "latest" : tag;
    }

    /// <summary><c>Always</c> for the tag <c>latest</c>, which moves; <c>IfNotPresent</c> for all others.</summary>
    public static string PullPolicy(string image) => Of(image) == "latest" ? "Always" : "IfNotPresent";

    private static bool IsRepository(string repository)
    {
        // A first part with a dot or a port is a host, which may have upper case; the path may not.
        var slash = repository.IndexOf('/', StringComparison.Ordinal);
        var path = slash > 0 && (repository.AsSpan(0, slash).ContainsAny('.', ':') || repository.StartsWith("localhost/", StringComparison.Ordinal))
            ? repository.AsSpan(slash + 1)
            : repository;
        foreach (var c in path)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-' or '/'))
                return false;
        }

        return true;
    }
}
