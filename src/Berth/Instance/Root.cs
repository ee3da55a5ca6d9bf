namespace Berth.Instance;

internal static class Root
{
    /// <exception cref="UserErrorException">The process is not root's.</exception>
    public static void Require(string verb)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new UserErrorException($"berth {verb} needs root: it makes network interfaces, mounts and cgroups", $"run: sudo berth {verb}");
    }
}
