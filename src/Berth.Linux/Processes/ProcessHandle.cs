using System.Runtime.InteropServices;

namespace Berth.Linux.Processes;

/// <summary>
/// A pidfd: signals and waits reach exactly the process that was opened, never one that got its pid later.
/// It works for children and for processes that others started.
/// </summary>
public sealed class ProcessHandle : IDisposable
{
    private readonly Lock _gate = new();
    private int _fd;

    private ProcessHandle(int pid, int fd)
    {
        Pid = pid;
        _fd = fd;
    }

    public int Pid { get; }

    /// <summary>Null where no such process is left.</summary>
    public static ProcessHandle? Open(int pid)
    {
        var fd = (int)Libc.Syscall(Libc.SysPidfdOpen, pid, 0, 0, 0);
        if (fd >= 0) return new ProcessHandle(pid, fd);
        // EINVAL: the pid is a thread's, not a process's, so the process that we mean is gone too.
        return Marshal.GetLastPInvokeError() is LinuxException.NoProcess or LinuxException.Invalid
            ? null
            : throw LinuxException.Last("pidfd_open", pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>False where the process has ended.</summary>
    public bool Send(Signal signal)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_fd < 0, this);
            if (Libc.Syscall(Libc.SysPidfdSendSignal, _fd, (int)signal, 0, 0) == 0) return true;
            return Marshal.GetLastPInvokeError() == LinuxException.NoProcess
                ? false
                : throw LinuxException.Last($"send signal {signal} to process {Pid}");
        }
    }

    /// <summary>
    /// Completes when the process has ended. The result is its exit code (128 + signal where one ended it) if it was
    /// our child, else null. Costs one sleeping thread while it waits.
    /// </summary>
    public Task<int?> WaitForExitAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var wake = Libc.EventFd(0, Libc.EfdCloexec);
        if (wake < 0) throw LinuxException.Last("eventfd");
        var done = new TaskCompletionSource<int?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            using var registration = cancellation.Register(() => Wake(wake));
            try
            {
                if (PollUntilExit(wake)) done.SetResult(Reap());
                else done.SetCanceled(cancellation);
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
            finally
            {
                registration.Dispose(); // waits for a callback in flight, so that the descriptor below is ours alone
                _ = Libc.Close(wake);
            }
        }, maxStackSize: 128 * 1024)
        { IsBackground = true, Name = $"wait for {Pid}" }.Start();
        return done.Task;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_fd >= 0) _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    private static unsafe void Wake(int fd)
    {
        ulong one = 1;
        _ = Libc.Write(fd, &one, sizeof(ulong));
    }

    /// <summary>True when the process ended, false when woken first.</summary>
    private unsafe bool PollUntilExit(int wake)
    {
        var fds = stackalloc Libc.PollFd[2];
        fds[0] = new Libc.PollFd { Fd = _fd, Events = Libc.PollIn };
        fds[1] = new Libc.PollFd { Fd = wake, Events = Libc.PollIn };
        while (Libc.Poll(fds, 2, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != LinuxException.Interrupted) throw LinuxException.Last("poll");
        }

        return fds[0].Revents != 0;
    }

    private int? Reap()
    {
        // Not our child (adopted), or the runtime reaped it: the code is unknown.
        if (Libc.WaitPid(Pid, out var status, Libc.Wnohang) != Pid) return null;
        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }
}
