namespace Berth.Linux.Processes;

/// <summary>Linux signal numbers, the same on x86_64 and aarch64.</summary>
public enum Signal
{
    /// <summary>Sends nothing; only asks whether the process could be signalled.</summary>
    None = 0,
    Hup = 1,
    Int = 2,
    Quit = 3,
    Kill = 9,
    Usr1 = 10,
    Usr2 = 12,
    Term = 15,
    Cont = 18,
    Stop = 19,
}
