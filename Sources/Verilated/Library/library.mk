# Compiles a library of verilated modules. The caller gives CXX, FLAGS and ROOT (Verilator's
# folder); for library.so also UNITS, its C++ files without their ending, beside runtime.o.

VPATH = $(ROOT)/include

library.so: $(UNITS:=.o) runtime.o
	$(CXX) -shared -pthread -o $@ $^

# Verilator's run-time in one object, which all libraries share.
joined_runtime.o: verilated.o verilated_threads.o
	$(CXX) -r -o $@ $^

%.o: %.cpp
	$(CXX) $(FLAGS) -I. -I$(ROOT)/include -I$(ROOT)/include/vltstd -c -o $@ $<
