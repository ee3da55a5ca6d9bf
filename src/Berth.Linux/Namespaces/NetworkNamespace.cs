using System.Net.Sockets;

namespace Berth.Linux.Namespaces;

/// <summary>
/// Work inside another network namespace. A thread belongs to one namespace, so each piece of work gets a thread of its own,
/// which ends afterwards: a pool thread would carry the namespace to unrelated work.
/// </summary>
public static class NetworkNamespace
{
    /// <summary>Runs <paramref name="work"/> on a new thread inside the namespace. It must not await: its continuation would run outside.</summary>
    /// <param name="namespacePath">Such as /proc/PID/ns/net or a bind mount of it.</param>
    /// <exception cref="LinuxException">No such namespace, or no right to enter it.</exception>
    public static Task<T> RunAsync<T>(string namespacePath, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                Enter(namespacePath);
                done.SetResult(work());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }, maxStackSize: 256 * 1024)
        { IsBackground = true, Name = "network namespace" }.Start();
        return done.Task;
    }

    /// <summary>A socket that lives in the namespace for good, usable from any thread: a socket keeps the namespace that it was made in.</summary>
    public static Task<Socket> CreateSocketAsync(string namespacePath, AddressFamily family, SocketType type, ProtocolType protocol) =>
        RunAsync(namespacePath, () => new Socket(family, type, protocol));

    private static void Enter(string namespacePath)
    {
        var fd = Libc.Open(namespacePath, Libc.OpenReadOnlyCloexec, 0);
        if (fd < 0) throw LinuxException.Last("open", namespacePath);
        try
        {
            if (Libc.SetNs(fd, Libc.CloneNewNet) != 0) throw LinuxException.Last("enter network namespace", namespacePath);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }
}
