namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of file paths in specs: nothing may climb out of the directory that it is given for.</summary>
internal static class PathRules
{
    public static void NoBacksteps(FieldErrors errors, FieldPath path, string value)
    {
        if (HasBackstep(value))
            errors.Invalid(path, value, "must not contain '..'");
    }

    public static bool HasBackstep(string value) => value.Split('/').Contains("..");

    public static void LocalDescending(FieldErrors errors, FieldPath path, string value)
    {
        if (value.StartsWith('/'))
            errors.Invalid(path, value, "must be a relative path");
        NoBacksteps(errors, path, value);
    }

    /// <summary>Names that begin with <c>..</c> belong to the atomic update of volumes.</summary>
    public static void LocalNonReserved(FieldErrors errors, FieldPath path, string value)
    {
        LocalDescending(errors, path, value);
        if (value.StartsWith("..", StringComparison.Ordinal) && !value.StartsWith("../", StringComparison.Ordinal))
            errors.Invalid(path, value, "must not start with '..'");
    }
}
