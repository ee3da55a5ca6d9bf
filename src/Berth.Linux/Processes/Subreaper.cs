namespace Berth.Linux.Processes;

/// <summary>
/// Makes orphaned descendants children of this process instead of init, for environments whose pid 1 does not reap.
/// A process that sets this must reap: see <see cref="ReapOne"/>.
/// </summary>
public static class Subreaper
{
    private const int SetChildSubreaper = 36;

    public static void Enable()
    {
        if (Libc.Prctl(SetChildSubreaper, 1, 0, 0, 0) != 0) throw LinuxException.Last("prctl(PR_SET_CHILD_SUBREAPER)");
    }

    /// <summary>Reaps <paramref name="pid"/> if it is a zombie child of ours. Never waits for "any child": that would steal exit codes from <see cref="System.Diagnostics.Process"/>.</summary>
    public static bool ReapOne(int pid) => Libc.WaitPid(pid, out _, Libc.Wnohang) == pid;
}
